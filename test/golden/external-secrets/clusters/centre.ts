import type { CentralCluster } from '../../../../generated/types/cluster.d.ts';

export default { name: 'centre', role: 'central', region: 'eu', server: 'https://10.0.0.1:6443' } satisfies CentralCluster;
