import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { authority } from '../certificates.ts';
import { alive, freePorts, type Running, start, tail, until } from '../processes.ts';
import { Api } from './api.ts';

export interface ControlPlane {
  readonly api: Api;
  readonly etcd: Running;
  readonly server: Running;
  /** From the start of etcd until the API server was ready. */
  readonly seconds: number;
  /** For a program that is no part of what is tested, such as the operator. */
  readonly kubeconfig: string;
}

/** The address range of Services; nothing routes it here. */
const services = '10.96.0.0/16';

/** etcd and kube-apiserver on loopback, with the admission that Kubernetes has by default; no controller, no kubelet. */
export async function startControlPlane(folder: string): Promise<ControlPlane> {
  const begin = performance.now();
  const own = join(folder, 'control-plane');
  mkdirSync(own, { recursive: true });
  const [clients = 0, peers = 0, secure = 0] = await freePorts(3);
  const etcdUrl = `http://127.0.0.1:${clients}`;
  const peerUrl = `http://127.0.0.1:${peers}`;
  const etcd = start(
    'etcd',
    'etcd',
    [
      `--data-dir=${join(own, 'etcd')}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      // What is written here need not outlive the machine.
      '--unsafe-no-fsync',
    ],
    {},
    folder,
  );
  const serving = authority(own, 'api-server')('kube-apiserver', ['127.0.0.1', 'kubernetes.default.svc']);
  const accountKey = join(own, 'service-account.key');
  writeFileSync(accountKey, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const token = 'administrator-of-this-run';
  writeFileSync(join(own, 'tokens.csv'), `${token},administrator,administrator,system:masters\n`);
  const issuer = 'https://kubernetes.default.svc';
  const server = start(
    'kube-apiserver',
    'kube-apiserver',
    [
      `--etcd-servers=${etcdUrl}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${secure}`,
      // The Service `kubernetes` may not point at loopback.
      '--endpoint-reconciler-type=none',
      `--tls-cert-file=${serving.cert}`,
      `--tls-private-key-file=${serving.key}`,
      `--cert-dir=${own}`,
      `--service-cluster-ip-range=${services}`,
      `--service-account-issuer=${issuer}`,
      `--service-account-key-file=${accountKey}`,
      `--service-account-signing-key-file=${accountKey}`,
      `--token-auth-file=${join(own, 'tokens.csv')}`,
      '--authorization-mode=RBAC',
      // As every distribution has it: else privileged pods are refused for another reason than Pod Security.
      '--allow-privileged',
      // Among the default ones already; said, so that no other default takes it away unseen.
      '--enable-admission-plugins=PodSecurity',
    ],
    {},
    folder,
  );
  const url = `https://127.0.0.1:${secure}`;
  const api = new Api(url, readFileSync(serving.ca), token);
  await until('kube-apiserver', 90, async () => {
    for (const program of [etcd, server]) if (!alive(program)) throw new Error(`${program.name} ended: ${tail(program)}`);
    const answer = await api.request('GET', '/readyz').catch(() => undefined);
    return answer?.status === 200 ? answer : undefined;
  });
  const seconds = (performance.now() - begin) / 1000;
  const kubeconfig = join(own, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigOf(url, serving.ca, token));
  return { api, etcd, server, seconds, kubeconfig };
}

/** JSON is YAML too. */
export const kubeconfigOf = (server: string, ca: string, token: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'run', cluster: { server, 'certificate-authority': ca } }],
    users: [{ name: 'run', user: { token } }],
    contexts: [{ name: 'run', context: { cluster: 'run', user: 'run' } }],
    'current-context': 'run',
  });
