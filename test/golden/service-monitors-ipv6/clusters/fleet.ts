import type { Fleet } from '../../../../generated/types/fleet.d.ts';

/** A dual-stack edge, scraped through a ServiceMonitor for each job. */
export default { name: 'dual-stack', repository: { url: 'https://git.example/fleet.git' }, regions: ['eu'] } satisfies Fleet;
