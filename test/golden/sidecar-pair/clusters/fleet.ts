import type { Fleet } from '../../../../generated/types/fleet.d.ts';

/** Two replicas on one edge, each with an address of its own. */
export default { name: 'pair', repository: { url: 'https://git.example/fleet.git' }, regions: ['eu'], edgeRetention: '7d' } satisfies Fleet;
