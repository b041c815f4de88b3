import type { Fleet } from '../../../../generated/types/fleet.d.ts';

/** Two regions, two rings, and an inventory that is computed rather than copied. */
export default {
  name: 'worldwide',
  repository: { url: 'https://git.example/fleet.git' },
  regions: ['eu', 'us'],
  rings: ['canary', 'stable'],
} satisfies Fleet;
