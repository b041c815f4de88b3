import { deepStrictEqual, ok } from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import type { FileTree } from '../../../scripts/tree/tree.ts';
import { aCentre, aFleet, anEdge, type CompiledFleet, compiledFleet } from '../../support/fleet.ts';
import { titleOf } from '../../support/trees.ts';
import { needs } from '../argocd/hub.ts';
import { type LiveApplication, LiveFleet, shown } from '../argocd/live.ts';
import type { Live } from '../kubernetes/api.ts';
import { stop, until } from '../processes.ts';
import type { Stage, StageRun } from '../stage.ts';

/** Argo CD's controllers themselves, on an API server for each cluster. */
export const argocdSync: Stage = { name: 'argocd-sync', needs: [...needs, 'etcd', 'kube-apiserver', 'custom-resources'], run };

async function run({ folder, check, row, fleet }: StageRun): Promise<void> {
  const live = await LiveFleet.start(folder, fleet);
  /** Waits for a commit to be everywhere that it concerns. */
  const synced = (what: string, commit: string, names: readonly string[], pruning = false) =>
    live.settled(
      what,
      150,
      (applications) => {
        const concerned = applications.filter(({ metadata }) => names.includes(metadata.name));
        return (
          concerned.length === names.length && applications.every(isWell) && concerned.every((application) => isAt(application, commit))
        );
      },
      pruning,
    );
  try {
    const first = live.commit(fleet.tree);
    const everything = ['central-centre', 'edge-agent', 'edge-scraped', 'edge-sidecar', 'test-root'];
    const started = await check('from root.yaml alone, Argo CD syncs the centre and every edge', async () => {
      await live.applyRoot(fleet.tree);
      const seconds = await synced('all is synced', first, everything);
      deepStrictEqual(
        (await live.applications()).map(({ metadata }) => metadata.name),
        everything,
      );
      return `${everything.length} Applications in ${seconds.toFixed(0)} s`;
    });
    if (!started) return row('not run', 'what comes after the first sync', 'as above');

    await check('every cluster has all of its objects and no other', async () => `${await sameObjects(live, fleet)} objects`);

    await check('the objects of a wave come after those of the wave before', async () => {
      let waves = 0;
      for (const [cluster, objects] of fleet.rendered) waves += inOrder(cluster, await live.tracked(cluster, objects));
      return `${waves} waves`;
    });

    const before = await live.applications();
    await check('what is synced stays so: Argo CD finds no difference that it would sync again', async () => {
      // Its times are whole seconds.
      await pause(1100);
      await live.refresh();
      const looked = ({ metadata, status }: LiveApplication): boolean =>
        before.some((each) => each.metadata.name === metadata.name && each.status?.reconciledAt !== status?.reconciledAt);
      await live.settled('Argo CD has looked again', 60, (applications) => applications.every(looked));
      await pause(3000);
      deepStrictEqual((await live.applications()).map(operations), before.map(operations));
      return undefined;
    });

    await check('what somebody changes or deletes on an edge comes back', async () => {
      const api = live.api('agent');
      const deployment = '/apis/apps/v1/namespaces/edge-metrics/deployments/kube-state-metrics';
      const config = '/api/v1/namespaces/edge-metrics/configmaps/prometheus-agent';
      await api.expect(
        'PATCH',
        deployment,
        { spec: { template: { spec: { priorityClassName: 'mine' } } } },
        'application/merge-patch+json',
      );
      await api.expect('PATCH', deployment, { spec: { replicas: 0 } }, 'application/merge-patch+json');
      await api.expect('DELETE', config);
      const { seconds } = await until('the edge is as before', 90, async () => {
        const answer = await api.request('GET', config);
        const { spec } = await api.expect<Live & { readonly spec: { readonly replicas: number } }>('GET', deployment);
        return answer.status === 200 && spec.replicas === 1 ? true : undefined;
      });
      await live.settled('all is synced again', 60, (applications) => applications.every(isWell));
      return `in ${seconds.toFixed(0)} s`;
    });

    const moved = fleetWith({ sidecar: 'thanos-sidecar', address: 40 });
    await check('a commit with another address of an edge syncs the centre, and nothing else', async () => {
      const others = (await live.applications()).filter(({ metadata }) => metadata.name !== 'central-centre').map(operations);
      const commit = await live.push(moved.tree);
      const seconds = await synced('the centre is synced', commit, ['central-centre']);
      deepStrictEqual((await live.applications()).filter(({ metadata }) => metadata.name !== 'central-centre').map(operations), others);
      return `in ${seconds.toFixed(0)} s`;
    });

    const changed = fleetWith({ sidecar: 'prometheus-agent', address: 40 });
    await check('an edge that changes its option runs the new one, and in its namespaces nothing of the old', async () => {
      const commit = await live.push(changed.tree);
      const seconds = await synced('the edge and the centre are synced', commit, ['central-centre', 'edge-sidecar'], true);
      return `${await sameObjects(live, changed, fleet, isNamespaced)} objects in ${seconds.toFixed(0)} s`;
    });

    await check('nor has it cluster-scoped objects of the old one', async () => `${await sameObjects(live, changed, fleet)} objects`);

    await check('an edge that leaves the inventory keeps what it runs', async () => {
      const tree: FileTree = compiledFleet(
        aFleet([aCentre(), anEdge('scraped', 'remote-scrape', 40), anEdge('agent', 'prometheus-agent', 20)]),
      ).tree;
      const had = (await live.tracked('sidecar', fleet.rendered.get('sidecar') ?? [])).length;
      const commit = await live.push(tree);
      const left = ({ metadata }: LiveApplication): boolean => metadata.name === 'edge-sidecar';
      const others = (applications: readonly LiveApplication[]) => applications.filter((application) => !left(application));
      await live.settled(
        'the centre is synced',
        150,
        (applications) =>
          others(applications).every(isWell) && others(applications).filter((application) => isAt(application, commit)).length > 1,
        true,
      );
      // Its project no longer names the edge.
      await live.refresh();
      await live.settled('Argo CD says that it leaves the edge alone', 60, (applications) =>
        applications.some((application) => left(application) && (application.status?.conditions ?? []).length > 0),
      );
      const found = await live.tracked('sidecar', fleet.rendered.get('sidecar') ?? []);
      deepStrictEqual(found.length, had);
      ok(had > 20);
      const [application] = (await live.applications()).filter(left);
      return application?.status?.conditions?.[0]?.message;
    });
  } finally {
    await stop(live.argocd, 'SIGTERM');
  }
}

/** The fleet of this run, with one thing or another changed. */
const fleetWith = ({ sidecar, address }: { readonly sidecar: string; readonly address: number }): CompiledFleet =>
  compiledFleet(
    aFleet([
      aCentre(),
      anEdge('scraped', 'remote-scrape', address),
      anEdge('agent', 'prometheus-agent', 20),
      anEdge('sidecar', sidecar, 30),
    ]),
  );

const isWell = ({ status }: LiveApplication): boolean =>
  status?.sync?.status === 'Synced' && status.health?.status === 'Healthy' && status.operationState?.phase === 'Succeeded';

const isAt = ({ status }: LiveApplication, commit: string): boolean => status?.history?.at(-1)?.revision === commit;

/** When an Application was last synced, and how often. */
const operations = (application: LiveApplication) => ({
  name: shown(application),
  finished: application.status?.operationState?.finishedAt,
  syncs: application.status?.history?.length,
});

/** Throws where a cluster has other objects than are rendered for it; gives how many there are. `kinds`: where to look for more. */
async function sameObjects(
  live: LiveFleet,
  { rendered }: CompiledFleet,
  kinds?: CompiledFleet,
  concerns: (object: Resource) => boolean = () => true,
): Promise<number> {
  let count = 0;
  for (const [cluster, objects] of rendered) {
    const found = await live.tracked(cluster, [...objects, ...(kinds?.rendered.get(cluster) ?? [])]);
    const wanted = objects.filter(concerns);
    const titles = (list: readonly Resource[]) => list.map(titleOf).sort();
    deepStrictEqual(titles(found.filter(isOfOverlay).filter(concerns)), titles(wanted));
    count += wanted.length;
  }
  return count;
}

const isNamespaced = ({ metadata }: Resource): boolean => metadata.namespace !== undefined;

/** The hub's own objects are on the centre too. */
const isOfOverlay = ({ metadata }: Resource): boolean => metadata.namespace !== 'argocd';

const wave = 'argocd.argoproj.io/sync-wave';

/** Throws where an object is older than one of an earlier wave; gives how many waves there are. Argo CD pauses 2 s between waves. */
function inOrder(cluster: string, objects: readonly Live[]): number {
  const byWave = new Map<number, string[]>();
  for (const object of objects.filter(isOfOverlay)) {
    const { annotations, creationTimestamp } = object.metadata as Live['metadata'] & { readonly creationTimestamp: string };
    const number = Number(annotations?.[wave] ?? 0);
    byWave.set(number, [...(byWave.get(number) ?? []), creationTimestamp].sort());
  }
  const waves = [...byWave].sort(([a], [b]) => a - b);
  for (const [index, [number, [first = '']]] of waves.entries()) {
    const last = waves[index - 1]?.[1].at(-1) ?? '';
    ok(last < first, `${cluster}: wave ${number} began at ${first}, the one before ended at ${last}`);
  }
  return waves.length;
}
