import type { EdgeCluster } from '../../../../generated/types/cluster.d.ts';
import { nodesOf, sites } from './_sites.ts';

export default Object.entries(sites).flatMap(([region, numbers]) =>
  numbers.map(
    (site, i) =>
      ({
        name: `${region}-site-${site}`,
        role: 'edge',
        region,
        labels: { site: `${site}` },
        nodes: nodesOf(site, i + 1),
        option: 'prometheus-agent',
        ring: i === 0 ? 'canary' : 'stable',
      }) satisfies EdgeCluster,
  ),
);
