import type { Fleet } from '../../../../generated/types/fleet.d.ts';

/** Twelve shops, each on a line that is cut often. */
export default {
  name: 'shops',
  repository: { url: 'https://github.com/example/shops.git' },
  regions: ['coast', 'inland'],
} satisfies Fleet;
