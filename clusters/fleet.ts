import type { Fleet } from '../generated/types/fleet.d.ts';

/** The fleet of one data centre: cluster-01 watches three edges, one on each option. */
export default {
  name: 'seoul',
  repository: { url: 'https://github.com/example/fleet.git' },
  regions: ['kr'],
  objectStorage: { secretName: 'thanos-objstore', key: 'objstore.yml' },
  network: { edgeCidrs: ['192.168.101.0/24'], centralCidrs: ['192.168.101.0/24'] },
} satisfies Fleet;
