import type { EdgeCluster } from '../../../../generated/types/cluster.d.ts';
import { nodesOf } from './_shop.ts';

/** The shop on the island: the line is bad, and a storm may cut it for a day. */
export default {
  name: 'cluster-05',
  role: 'edge',
  region: 'coast',
  nodes: nodesOf('cluster-05', '10.20.5', 2),
  network: { stability: 'unstable', maxOffline: '1d' },
  option: 'thanos-sidecar',
} satisfies EdgeCluster;
