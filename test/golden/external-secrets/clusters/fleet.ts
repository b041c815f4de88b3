import type { Fleet } from '../../../../generated/types/fleet.d.ts';

/** Every Secret comes from a store, the registration of clusters in Argo CD too. */
export default {
  name: 'vaulted',
  repository: { url: 'ssh://git@git.example/platform/fleet.git', branch: 'release' },
  regions: ['eu'],
  secretStore: { name: 'vault', refreshInterval: '15m', keyPrefix: 'metrics/fleet' },
} satisfies Fleet;
