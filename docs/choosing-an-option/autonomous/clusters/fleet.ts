import type { Fleet } from '../../../../generated/types/fleet.d.ts';

/** Sixty plants that have to watch themselves, whether the centre is there or not. */
export default {
  name: 'plants',
  repository: { url: 'https://github.com/example/plants.git' },
  regions: ['eu', 'us', 'ap'],
} satisfies Fleet;
