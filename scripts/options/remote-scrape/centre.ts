import type { Inventory, RemoteScrapeEdge } from '../../inventory/inventory.ts';
import type { InCentre } from '../option.ts';
import { type Credentials, credentialsOf, requiredSecret } from './credentials.ts';
import { scrapeConfigs } from './scrape-configs.ts';
import { edgeServices } from './service-monitors.ts';

export { serviceMonitorsPart } from './service-monitors.ts';

/** What scrapes these edges, and the Secrets that it shows. */
export function inCentre(edges: readonly RemoteScrapeEdge[], bucket: string, inventory: Inventory): InCentre {
  const { namespace, prometheus } = inventory.central;
  const groups = [...groupByCredentials(edges).values()];
  return {
    resources:
      prometheus.mode === 'scrape-config'
        ? groups.flatMap(({ credentials, members }) => scrapeConfigs(inventory, credentials, members, bucket))
        : edges.flatMap((edge) => edgeServices(edge, namespace)),
    secrets: groups.map(({ credentials, members }) =>
      requiredSecret(
        credentials,
        namespace,
        members.map(({ name }) => name),
      ),
    ),
    endpoints: [],
  };
}

/** Edges of one Secret share their ScrapeConfigs; the default is a Secret each. */
function groupByCredentials(edges: readonly RemoteScrapeEdge[]) {
  const groups = new Map<string, { credentials: Credentials; members: RemoteScrapeEdge[] }>();
  for (const edge of edges) {
    const credentials = credentialsOf(edge);
    const key = `${credentials.secretName} ${credentials.kubelet} ${credentials.unsafeSkipVerify}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { credentials, members: [edge] });
    else group.members.push(edge);
  }
  return groups;
}
