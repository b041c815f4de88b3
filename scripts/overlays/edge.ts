import { type Edge, type Fleet, ringOf } from '../inventory/inventory.ts';
import { labels } from '../kubernetes/labels.ts';
import { wave } from '../kubernetes/waves.ts';
import { type JsonPatch, kustomization } from '../kustomize/kustomization.ts';
import { documents, header, toYaml } from '../kustomize/yaml.ts';
import { identityConfigMap } from '../parts/edge/collector.ts';
import type { EmittedPart } from '../rollout/digests.ts';
import { ringDir } from '../rollout/rings.ts';
import type { FileTree } from '../tree/tree.ts';
import { clusterLabels, overlayDir } from './overlay.ts';
import { secretResources } from './secrets.ts';

/** What is true of one edge only: its name, its labels, its volume, its Secrets. Everything else is in the ring's parts. */
export function edgeOverlay(fleet: Fleet, edge: Edge, parts: readonly EmittedPart[], patches: readonly JsonPatch[]): FileTree {
  const dir = overlayDir(edge);
  const ring = ringOf(fleet, edge);
  const secrets = secretResources(
    fleet,
    edge.name,
    parts.flatMap((part) => part.secrets),
    { name: 'required-secrets', namespace: fleet.namespace },
  );
  return new Map([
    [
      `${dir}/kustomization.yaml`,
      toYaml(
        kustomization({
          resources: [...parts.map(({ name }) => `../../../${ringDir(ring, name)}`), 'secrets.yaml'],
          labels: { ...clusterLabels(edge), 'fleetc.dev/ring': ring },
          configMaps: [
            {
              name: identityConfigMap,
              namespace: fleet.namespace,
              data: { CLUSTER: edge.name, REGION: edge.region },
              labels: labels(identityConfigMap),
              annotations: wave.config,
            },
          ],
          patches,
        }),
        { header },
      ),
    ],
    [`${dir}/secrets.yaml`, documents(secrets)],
  ]);
}
