import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ownServer } from '../../../scripts/argocd/application.ts';
import type { Application } from '../../../scripts/argocd/expand.ts';
import type { Resource } from '../../../scripts/kubernetes/resource.ts';
import type { FileTree } from '../../../scripts/tree/tree.ts';
import type { CompiledFleet } from '../../support/fleet.ts';
import type { Api, Live } from '../kubernetes/api.ts';
import { serverSideApply } from '../kubernetes/apply.ts';
import { type ControlPlane, startControlPlane } from '../kubernetes/control-plane.ts';
import { installCustomResources } from '../kubernetes/custom-resources.ts';
import { alive, type Running, start, tail, until } from '../processes.ts';
import { tracking } from './expected.ts';
import { GitRepository } from './git-repository.ts';
import { environment } from './harness.ts';
import { defaultSettings, documents } from './hub.ts';
import { runWell } from './well.ts';

/** An Application as the API server has it. */
export type LiveApplication = Application & {
  readonly status?: {
    readonly sync?: { readonly status?: string; readonly revision?: string };
    readonly health?: { readonly status?: string };
    readonly conditions?: readonly { readonly message: string }[];
    readonly history?: readonly { readonly revision: string }[];
    readonly operationState?: { readonly phase?: string; readonly message?: string; readonly finishedAt?: string };
    readonly reconciledAt?: string;
    readonly resources?: readonly { readonly kind: string; readonly name: string; readonly status?: string }[];
  };
};

/** An Argo CD in the centre of a fleet, which has a control plane for each of its clusters; what is in them runs well. */
export class LiveFleet {
  readonly #fleet: CompiledFleet;
  readonly #repository: GitRepository;
  readonly #planes: ReadonlyMap<string, ControlPlane>;
  readonly #argocd: Running;
  #commits = 0;

  private constructor(fleet: CompiledFleet, repository: GitRepository, planes: ReadonlyMap<string, ControlPlane>, argocd: Running) {
    this.#fleet = fleet;
    this.#repository = repository;
    this.#planes = planes;
    this.#argocd = argocd;
  }

  static async start(folder: string, fleet: CompiledFleet): Promise<LiveFleet> {
    const { fleet: settings, central, edges } = fleet.inventory;
    const planes = new Map(
      await Promise.all(
        [central, ...edges].map(async ({ name }): Promise<[string, ControlPlane]> => {
          mkdirSync(join(folder, name));
          return [name, await startControlPlane(join(folder, name))];
        }),
      ),
    );
    const hub = planes.get(central.name) as ControlPlane;
    await installCustomResources(hub.api, ['argo-cd', 'prometheus-operator']);
    const { namespace } = settings.argocd;
    const partOf = { 'app.kubernetes.io/part-of': 'argocd' };
    await hub.api.expect('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    const into = `/api/v1/namespaces/${namespace}`;
    await hub.api.expect('POST', `${into}/configmaps`, { metadata: { name: 'argocd-cm', labels: partOf }, data: defaultSettings() });
    await hub.api.expect('POST', `${into}/secrets`, {
      metadata: { name: 'argocd-secret', labels: partOf },
      stringData: { 'server.secretkey': 'key' },
    });
    for (const [name, plane] of planes)
      await hub.api.expect('POST', `${into}/secrets`, {
        metadata: { name: `cluster-${name}`, labels: { 'argocd.argoproj.io/secret-type': 'cluster' } },
        stringData: { name, ...(plane === hub ? { server: ownServer, config: '{}' } : access(plane)) },
      });
    const repository = new GitRepository(folder);
    const request = join(folder, 'live.json');
    writeFileSync(request, JSON.stringify({ folder, namespace, gitDir: repository.gitDir, kubeconfig: resolve(hub.kubeconfig) }));
    const argocd = start(
      'argocd',
      'argocd-harness',
      ['live', request],
      { ...environment(folder), KUBECONFIG: resolve(hub.kubeconfig), ARGOCD_FAKE_IN_CLUSTER: 'true' },
      folder,
    );
    return new LiveFleet(fleet, repository, planes, argocd);
  }

  get argocd(): Running {
    return this.#argocd;
  }

  api(cluster: string): Api {
    return (this.#planes.get(cluster) as ControlPlane).api;
  }

  /** A new commit on the branch; gives its hash. */
  commit(tree: FileTree): string {
    const commit = this.#repository.commit(tree, `${this.#commits++}`);
    this.#repository.move(`refs/heads/${this.#fleet.inventory.fleet.repository.branch}`, commit);
    return commit;
  }

  /** The same, and Argo CD is told. */
  async push(tree: FileTree): Promise<string> {
    const commit = this.commit(tree);
    await this.refresh();
    return commit;
  }

  /** What Argo CD's handler of webhooks does: without it, new edges wait for half an hour. */
  async refresh(): Promise<void> {
    for (const [kind, annotation, value] of [
      ['applicationsets', 'argocd.argoproj.io/application-set-refresh', 'true'],
      ['applications', 'argocd.argoproj.io/refresh', 'normal'],
    ] as const) {
      const { items } = await this.#hub.expect<List>('GET', this.#own(kind));
      for (const { metadata } of items)
        await this.#hub.expect(
          'PATCH',
          `${this.#own(kind)}/${metadata.name}`,
          { metadata: { annotations: { [annotation]: value } } },
          'application/merge-patch+json',
        );
    }
  }

  #own(kind: string): string {
    return `/apis/argoproj.io/v1alpha1/namespaces/${this.#fleet.inventory.fleet.argocd.namespace}/${kind}`;
  }

  /** As a person does, once. */
  async applyRoot(tree: FileTree): Promise<void> {
    for (const object of documents(tree, 'generated/argocd/root.yaml')) await serverSideApply(this.#hub, object);
  }

  get #hub(): Api {
    return this.api(this.#fleet.inventory.central.name);
  }

  async applications(): Promise<readonly LiveApplication[]> {
    return (await this.#hub.expect<{ readonly items: readonly LiveApplication[] }>('GET', this.#own('applications'))).items;
  }

  /** What Argo CD has on a cluster, of the kinds of these objects. */
  async tracked(cluster: string, kinds: readonly Resource[]): Promise<readonly Live[]> {
    const api = this.api(cluster);
    const paths = await Promise.all(kinds.map((object) => api.pathOf(object)));
    const lists = new Set(paths.map((path) => path.replace(/\/namespaces\/[^/]+(?=\/[^/]+\/)/, '').replace(/\/[^/]+$/, '')));
    const found = await Promise.all(
      [...lists].map(async (list) => {
        const { kind, apiVersion, items } = await api.expect<List>('GET', list);
        return items.map((item) => ({ ...item, kind: kind.replace(/List$/, ''), apiVersion }));
      }),
    );
    return found.flat().filter(({ metadata }) => metadata.annotations?.[tracking] !== undefined);
  }

  /** What the garbage collector does of objects that Argo CD deletes in the foreground: what they own is none of ours. */
  async #collectGarbage(cluster: string): Promise<void> {
    const api = this.api(cluster);
    for (const object of await this.tracked(cluster, this.#fleet.rendered.get(cluster) ?? []))
      if ('deletionTimestamp' in object.metadata)
        await api.expect('PATCH', await api.pathOf(object), { metadata: { finalizers: null } }, 'application/merge-patch+json');
  }

  /** Waits until the Applications are as asked; gives the seconds that it took. */
  async settled(
    what: string,
    seconds: number,
    isSettled: (applications: readonly LiveApplication[]) => boolean,
    pruning = false,
  ): Promise<number> {
    const took = await until(what, seconds, async () => {
      if (!alive(this.#argocd)) throw new Error(`argocd ended: ${tail(this.#argocd, 20)}`);
      for (const [cluster, { api }] of this.#planes) {
        await runWell(api);
        if (pruning) await this.#collectGarbage(cluster);
      }
      return isSettled(await this.applications()) ? true : undefined;
    }).catch(async (error: unknown) => {
      throw new Error(`${(error as Error).message}: ${(await this.applications()).map(shown).join('; ')}`);
    });
    return took.seconds;
  }
}

interface List {
  readonly apiVersion: string;
  readonly kind: string;
  readonly items: readonly Live[];
}

const access = ({ api, kubeconfig }: ControlPlane) => {
  const { users } = JSON.parse(readFileSync(kubeconfig, 'utf8')) as {
    readonly users: readonly { readonly user: { readonly token: string } }[];
  };
  const config = { bearerToken: users[0]?.user.token, tlsClientConfig: { caData: api.ca.toString('base64') } };
  return { server: api.url, config: JSON.stringify(config) };
};

/** Such as `edge-a Synced Healthy Succeeded`. */
export const shown = ({ metadata, status }: LiveApplication): string => {
  const { sync, health, operationState, conditions = [] } = status ?? {};
  const apart = status?.resources?.filter((each) => each.status !== 'Synced').map(({ kind, name }) => `${kind} ${name}`) ?? [];
  return [
    metadata.name,
    sync?.status ?? '-',
    health?.status ?? '-',
    operationState?.phase ?? '-',
    ...(operationState?.phase === 'Succeeded' ? [] : [operationState?.message ?? '']),
    ...conditions.map(({ message }) => message),
    ...(apart.length > 0 ? [`not synced: ${apart.slice(0, 5).join(', ')}`] : []),
  ].join(' ');
};
