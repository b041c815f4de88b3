import type { Diagnostic } from './diagnostic.ts';
import type { Edge, SourcedInventory } from './inventory/inventory.ts';
import { type Capability, capabilities, resolveVersions, supports } from './versions.ts';

/** What the output cannot do without; for the rest an older version gets another flag that does the same. */
const required: Readonly<Record<'everywhere' | Edge['option'], readonly Capability[]>> = {
  everywhere: ['external-label-env', 'endpoint-sd-config-file', 'web-config-file'],
  'remote-scrape': [],
  'prometheus-agent': ['agent-flag', 'ketama', 'tenant-from-certificate', 'future-window', 'stateless-router'],
  'thanos-sidecar': ['per-endpoint-tls'],
};

/** Versions in the fleet that lack what its options need. */
export function* unsupportedVersions({ fleet, clusters }: SourcedInventory): Iterable<Diagnostic> {
  const versions = resolveVersions(fleet.value.versions);
  const used = new Set(clusters.flatMap(({ value }) => (value.role === 'edge' ? [value.option] : [])));
  const reported = new Set<string>();
  for (const need of ['everywhere', ...used] as const)
    for (const capability of required[need]) {
      const { component, since } = capabilities[capability];
      if (supports(versions, capability) || reported.has(component)) continue;
      reported.add(component);
      yield {
        code: 'versions/unsupported',
        severity: 'error',
        message: `${component} ${versions[component]} lacks "${capability}", which ${need === 'everywhere' ? 'every fleet' : `the option ${need}`} needs.`,
        hint: `Use ${component} ${since} or later, or leave it out for ${resolveVersions({})[component]}.`,
        span: fleet.at('versions', component),
      };
    }
}
