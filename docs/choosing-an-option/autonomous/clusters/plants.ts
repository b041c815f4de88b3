import type { EdgeCluster } from '../../../../generated/types/cluster.d.ts';
import { plant } from './_plant.ts';

const networks = { eu: '10.1', us: '10.2', ap: '10.3' };
const sites = Array.from({ length: 20 }, (_, i) => i + 1);

export default Object.entries(networks).flatMap(([region, network]) =>
  sites.map((site) => plant(region, network, site)),
) satisfies EdgeCluster[];
