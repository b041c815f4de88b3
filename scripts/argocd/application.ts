import type { Fleet } from '../inventory/inventory.ts';

/** A branch by its full name is the cheapest to resolve, and is never taken for a tag. */
export const revision = ({ repository }: Fleet): string => `refs/heads/${repository.branch}`;

/** Argo CD never removes such an object by itself, whatever a commit removes from Git. */
export const keep = { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' };

/** Argo CD renders an Application anew only when a file under one of these paths changes. */
export const generatedFrom = (paths: string) => ({ 'argocd.argoproj.io/manifest-generate-paths': paths });

/** Automatic, with self-healing, and never given up: an edge may be out of reach for days. An empty rendering syncs nothing. */
export const automated = {
  automated: { enabled: true, prune: true, selfHeal: true, allowEmpty: false },
  retry: { limit: -1, refresh: true, backoff: { duration: '30s', factor: 2, maxDuration: '30m' } },
};

/** The address of the cluster that Argo CD runs on, from within. By name it is `in-cluster`, but only until it is registered under another. */
export const ownServer = 'https://kubernetes.default.svc';
