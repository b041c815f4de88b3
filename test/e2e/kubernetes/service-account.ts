import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Api } from './api.ts';
import { kubeconfigOf } from './control-plane.ts';

export interface Account {
  readonly api: Api;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** A token of a ServiceAccount as the kubelet mounts it, and a kubeconfig for a process that is in no pod. */
export async function accountOf(
  folder: string,
  name: string,
  { api, namespace, serviceAccount }: Account,
): Promise<{ readonly folder: string; readonly kubeconfig: string }> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
  const { status } = await api.expect<{ readonly status: { readonly token: string } }>('POST', path, { spec: {} });
  const own = join(folder, name);
  mkdirSync(own);
  writeFileSync(join(own, 'token'), status.token);
  writeFileSync(join(own, 'ca.crt'), api.ca);
  const kubeconfig = join(own, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigOf(api.url, join(own, 'ca.crt'), status.token));
  return { folder: own, kubeconfig };
}
