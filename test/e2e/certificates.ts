import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** An authority of its own in a folder; gives certificates to servers (`names`) and to clients. */
export function authority(folder: string, name: string): (commonName: string, names?: readonly string[]) => Certificate {
  const ca = join(folder, `${name}.crt`);
  const caKey = join(folder, `${name}.key`);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-days', '1', '-subj', `/CN=${name}`, '-keyout', caKey, '-out', ca);
  let made = 0;
  return (commonName, names = []) => {
    made += 1;
    const path = join(folder, `${name}-${made}`);
    openssl('req', '-new', ...key, '-subj', `/CN=${commonName}`, '-keyout', `${path}.key`, '-out', `${path}.csr`);
    const usage = names.length > 0 ? 'serverAuth' : 'clientAuth';
    const alternatives = names.map((each) => (/^[\d.]+$/.test(each) ? `IP:${each}` : `DNS:${each}`)).join(',');
    writeFileSync(`${path}.ext`, `extendedKeyUsage=${usage}\n${names.length > 0 ? `subjectAltName=${alternatives}\n` : ''}`);
    const signing = ['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-days', '1', '-extfile', `${path}.ext`];
    openssl('x509', '-req', '-in', `${path}.csr`, ...signing, '-out', `${path}.crt`);
    return { cert: `${path}.crt`, key: `${path}.key`, ca };
  };
}

const openssl = (...args: readonly string[]): void => {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
};
