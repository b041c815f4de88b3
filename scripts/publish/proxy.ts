import { Refusal } from './failure.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the environment sends requests to this address through a proxy. */
export function needsProxy(address: string, env: Environment): boolean {
  const { protocol, hostname, port } = new URL(address);
  const proxy = protocol === 'https:' ? (env.https_proxy ?? env.HTTPS_PROXY) : (env.http_proxy ?? env.HTTP_PROXY);
  if (!proxy) return false;
  const direct = (env.no_proxy ?? env.NO_PROXY ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  return !direct.some((entry) => {
    if (entry === '*') return true;
    const [, name = '', only] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    return (
      (hostname === name || hostname.endsWith(`.${name}`)) &&
      (only === undefined || only === (port || (protocol === 'https:' ? '443' : '80')))
    );
  });
}

/** Node reads the variables from 22.21 and 24.0 on, and only if NODE_USE_ENV_PROXY is set when it starts. */
export function readsProxies(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, '').split('.').map(Number);
  return major >= 24 || (major === 22 && minor >= 21);
}

/** The same command has to start again, with NODE_USE_ENV_PROXY. */
export class ProxyNeeded extends Error {}

/** Throws where requests to this address would not take the proxy that the environment names. */
export function checkProxy(address: string, env: Environment, node: string): void {
  if (!needsProxy(address, env)) return;
  if (!readsProxies(node))
    throw new Refusal(
      `Node ${node} cannot go through a proxy: run fleetc with Node 22.21, 24 or later, or name ${new URL(address).hostname} in NO_PROXY.`,
    );
  if (env.NODE_USE_ENV_PROXY !== '1') throw new ProxyNeeded();
}
