import type { Diagnostic } from '../../diagnostic.ts';
import type { RemoteScrapeEdge, Sourced, SourcedInventory } from '../../inventory/inventory.ts';
import { credentialsOf } from './credentials.ts';

export function* check(edge: Sourced<RemoteScrapeEdge>, inventory: SourcedInventory): Iterable<Diagnostic> {
  yield* sharedCredentials(edge, inventory);
}

/** Edges that name one Secret are scraped alike; in service-monitor mode that is all of them. */
function* sharedCredentials(edge: Sourced<RemoteScrapeEdge>, { clusters }: SourcedInventory): Iterable<Diagnostic> {
  const central = clusters.find(({ value }) => value.role === 'central')?.value;
  const first = clusters.find(({ value }) => value.role === 'edge' && value.option === 'remote-scrape') as
    | Sourced<RemoteScrapeEdge>
    | undefined;
  if (first === undefined || first.value.name === edge.value.name) return;
  const [mine, theirs] = [credentialsOf(edge.value), credentialsOf(first.value)];
  const serviceMonitor = central?.role === 'central' && central.prometheus.mode === 'service-monitor';
  if (!serviceMonitor) return;
  if (mine.secretName === theirs.secretName && mine.kubelet === theirs.kubelet && mine.unsafeSkipVerify === theirs.unsafeSkipVerify) return;
  yield {
    code: 'remote-scrape/credentials-differ',
    severity: 'error',
    message: `"${edge.value.name}" is scraped with other credentials than "${first.value.name}", but a ServiceMonitor has room for one Secret.`,
    hint: "Give both the same settings.credentials and kubelet.unsafeSkipVerify, or set the centre's prometheus.mode to 'scrape-config'.",
    span: edge.at('settings', 'credentials'),
    related: [{ message: `"${first.value.name}" is here`, span: first.at('settings', 'credentials') }],
  };
}
