import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IApplicationSet } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/ApplicationSet';
import type { IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
import * as assert from 'uvu/assert';
import { type Application, expand, type ParamFiles } from '../../scripts/argocd/expand.ts';
import { readSources, type Sources } from '../../scripts/inventory/read.ts';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import type { Kustomization } from '../../scripts/kustomize/kustomization.ts';
import { parseYaml } from '../../scripts/kustomize/yaml.ts';
import { overlayDirs } from '../../scripts/overlays/overlay.ts';
import type { FileTree } from '../../scripts/tree/tree.ts';
import { aCentre, aFleet, allOptions, anEdge, type CompiledFleet, compiledFleet } from './fleet.ts';

// Fleets

type Fields = Readonly<Record<string, unknown>>;

const server = (name: string) => ({ server: `https://${name}.example:6443` });
const inRing = (ring: string) => ({ region: ring === 'canary' ? 'kr' : 'jp', ring });

/** Every field that puts a cluster somewhere: regions, rings, shards, labels, volumes. */
export const everywhere: { readonly fleet: Fields; readonly clusters: readonly Fields[] } = {
  fleet: { regions: ['kr', 'jp'], rings: ['canary', 'stable'], argocd: { shards: 2 } },
  clusters: [
    aCentre({ labels: { tier: 'core', site: 'one' }, storage: { class: 'fast' } }),
    anEdge('scraped-kr', 'remote-scrape', 10, { ...inRing('canary'), labels: { tier: 'edge', site: 'two' } }),
    anEdge('scraped-jp', 'remote-scrape', 20, { ...inRing('stable'), settings: { credentials: { kubelet: 'token' } } }),
    anEdge('agent-kr', 'prometheus-agent', 30, { ...inRing('canary'), storage: { class: 'fast', size: '7Gi' } }),
    anEdge('agent-jp', 'prometheus-agent', 40, { ...inRing('stable'), kubelet: { unsafeSkipVerify: true }, delivery: 'agent' }),
    anEdge('sidecar-kr', 'thanos-sidecar', 50, { ...inRing('canary'), storage: { size: '33Gi' }, settings: { replicas: 2 } }),
    anEdge('sidecar-jp', 'thanos-sidecar', 60, { ...inRing('stable'), storage: { class: 'slow' }, kubelet: { unsafeSkipVerify: true } }),
    anEdge('alone-jp', 'thanos-sidecar', 70, { ...inRing('stable'), delivery: 'autonomous', labels: { tier: 'edge', site: 'six' } }),
  ],
};

const ipv6 = (name: string, last: number) => [
  { name: `${name}-a`, address: `2001:db8::${last}` },
  { name: `${name}-b`, address: `2001:db8::${last + 1}` },
];

/** As long as the schema lets a name be. */
const long = (letter: string, length = 40) => letter.repeat(length);

/** Labels whose values YAML reads as a number, a date, a boolean or null. */
const misreadLabels = Object.fromEntries(
  ['1e3', '007', '0o17', '2024-01-01', '1.10', 'no', 'on', 'y', 'null', 'Null', '0x1F', '1_000', '08', '0b11', 'TRUE', 'NaN', ''].map(
    (value, i) => [`label-${i}`, value],
  ),
);

/** A fleet in which everything that a person names reads as something other than a string. */
const misread = () =>
  aFleet(
    [
      aCentre({ name: 'null', region: 'yes', labels: misreadLabels, namespace: '0x1f' }),
      anEdge('no', 'remote-scrape', 0, {
        region: 'yes',
        ring: 'off',
        labels: { ...misreadLabels, y: 'n', off: 'on' },
        nodes: ['1e3', '007', '2024-01-01', '1.10'].map((name, i) => ({ name, address: `192.0.2.${i + 1}` })),
      }),
      anEdge('on', 'prometheus-agent', 20, { region: 'yes', ring: 'on', labels: misreadLabels, storage: { class: '0o17', size: '5Gi' } }),
      anEdge('y', 'thanos-sidecar', 30, {
        region: 'n',
        ring: 'on',
        labels: misreadLabels,
        storage: { class: '1e3' },
        delivery: 'autonomous',
      }),
      anEdge('true', 'thanos-sidecar', 40, { region: 'n', ring: 'off', labels: misreadLabels, settings: { serverName: '1.10' } }),
      ...['off', 'yes', 'nan', 'inf'].map((word, i) =>
        anEdge(word, 'prometheus-agent', 100 + 2 * i, { region: 'n', ring: 'off', labels: misreadLabels }),
      ),
    ],
    {
      name: 'null',
      regions: ['yes', 'n'],
      rings: ['off', 'on'],
      namespace: '007',
      objectStorage: { secretName: '1e3', key: '010' },
      repository: { url: 'https://git.example/fleet.git', branch: 'no' },
    },
  );

const written: readonly (readonly [name: string, sources: () => Sources])[] = [
  ['the fleet of clusters/', () => readSources('.').sources],
  ['every option', () => allOptions()],
  [
    'service-monitor',
    () => {
      const settings = { credentials: { secretName: 'scrape-edges' } };
      return aFleet([
        aCentre({ prometheus: { mode: 'service-monitor' } }),
        anEdge('one', 'remote-scrape', 10, { settings }),
        anEdge('two', 'remote-scrape', 20, { settings, nodes: [...ipv6('two', 20), { name: 'two-c', address: '192.0.2.22' }] }),
        anEdge('agent', 'prometheus-agent', 30),
      ]);
    },
  ],
  [
    'secret store',
    () =>
      aFleet(
        [
          aCentre(server('centre')),
          anEdge('scraped', 'remote-scrape', 10, { ...server('scraped'), labels: { tier: 'edge' } }),
          anEdge('agent', 'prometheus-agent', 20, server('agent')),
          anEdge('sidecar', 'thanos-sidecar', 30, server('sidecar')),
        ],
        { secretStore: { name: 'vault' } },
      ),
  ],
  [
    'IPv6',
    () =>
      aFleet([
        aCentre({ receive: { url: 'https://[2001:db8::1]:19291/api/v1/receive' }, alertmanager: { url: 'https://[2001:db8::1]:30943' } }),
        anEdge('scraped', 'remote-scrape', 0, { nodes: ipv6('scraped', 10) }),
        anEdge('agent', 'prometheus-agent', 0, { nodes: ipv6('agent', 20) }),
        anEdge('sidecar', 'thanos-sidecar', 0, { nodes: ipv6('sidecar', 30) }),
      ]),
  ],
  [
    'agent and autonomous delivery',
    () =>
      aFleet([
        aCentre(),
        anEdge('scraped', 'remote-scrape', 10, { delivery: 'autonomous' }),
        anEdge('agent', 'prometheus-agent', 20, { delivery: 'agent', network: { ingress: 'none' } }),
        anEdge('alone', 'prometheus-agent', 30, { delivery: 'autonomous', network: { ingress: 'none' } }),
        anEdge('sidecar', 'thanos-sidecar', 40, { delivery: 'autonomous' }),
      ]),
  ],
  ['names that YAML misreads', misread],
  [
    'a centre of several Applications',
    () =>
      aFleet([
        aCentre(),
        ...Array.from({ length: 48 }, (_, i) => anEdge(`edge-${i}`, 'remote-scrape', 2 * i)),
        anEdge('agent', 'prometheus-agent', 100),
        anEdge('sidecar', 'thanos-sidecar', 110),
      ]),
  ],
  ['two regions and two rings', () => aFleet(everywhere.clusters, everywhere.fleet)],
  [
    'only remote-scrape',
    () =>
      aFleet([aCentre({ receive: undefined, alertmanager: {} }), anEdge('one', 'remote-scrape', 10), anEdge('two', 'remote-scrape', 20)]),
  ],
  [
    'long names',
    () =>
      aFleet(
        [
          aCentre({ name: long('c'), namespace: long('n'), ...server('c') }),
          anEdge(long('a'), 'remote-scrape', 10, {
            nodes: [{ name: long('x', 63), address: '192.0.2.10' }],
            labels: { tier: long('l', 63) },
          }),
          anEdge(long('b'), 'remote-scrape', 20, {
            nodes: [{ name: long('y', 63), address: '192.0.2.20' }],
            settings: { credentials: { secretName: long('s', 202) } },
          }),
          anEdge(long('d'), 'prometheus-agent', 30, { nodes: [{ name: long('z', 63), address: '192.0.2.30' }] }),
          anEdge(long('e'), 'thanos-sidecar', 40, { nodes: [{ name: long('w', 63), address: '192.0.2.40' }], delivery: 'autonomous' }),
        ],
        { name: long('f'), namespace: long('m') },
      ),
  ],
  ...(existsSync('test/golden')
    ? readdirSync('test/golden')
        .filter((folder) => existsSync(`test/golden/${folder}/clusters`))
        .sort()
        .map((folder) => [`golden ${folder}`, () => readSources(`test/golden/${folder}`).sources] as const)
    : []),
];

let compiled: ReadonlyMap<string, CompiledFleet> | undefined;

/** Every small fleet of the acceptance checks, and every golden one, by what it is about. */
export function fleets(): ReadonlyMap<string, CompiledFleet> {
  compiled ??= new Map(written.map(([name, sources]) => [name, compiledFleet(sources())]));
  return compiled;
}

export function fleetNamed(name: string): CompiledFleet {
  const fleet = fleets().get(name);
  if (fleet === undefined) throw new Error(`there is no fleet "${name}"`);
  return fleet;
}

/** Half on remote-scrape with one Secret, half on prometheus-agent, and every twelfth on thanos-sidecar; over two regions and two rings. */
export function largeFleet(count: number, change: (edge: Fields, i: number) => Fields = (edge) => edge): Sources {
  const edges = Array.from({ length: count }, (_, i) => {
    const option = i % 12 === 5 ? 'thanos-sidecar' : i % 2 === 0 ? 'remote-scrape' : 'prometheus-agent';
    const name = `edge-${String(i).padStart(5, '0')}`;
    return change(
      {
        name,
        role: 'edge',
        region: i % 5 === 0 ? 'jp' : 'kr',
        option,
        ring: i % 10 === 0 ? 'canary' : 'stable',
        nodes: [{ name: `${name}-a`, address: `10.${i >> 8}.${i & 255}.1` }],
        ...(option === 'remote-scrape' ? { settings: { credentials: { secretName: 'scrape-edges' } } } : {}),
      },
      i,
    );
  });
  return aFleet([aCentre(), ...edges], { regions: ['kr', 'jp'], rings: ['canary', 'stable'] });
}

// Looking at a tree

/** What is wrong, and how much was looked at: a check that looked at nothing has proved nothing. */
export function tally() {
  let seen = 0;
  const wrong: string[] = [];
  return {
    see(isRight: boolean, otherwise: () => string): void {
      seen += 1;
      if (!isRight) wrong.push(otherwise());
    },
    close(atLeast = 1): void {
      assert.equal(wrong.slice(0, 40), []);
      assert.ok(seen >= atLeast, `only ${seen} of at least ${atLeast} were looked at`);
    },
  };
}

/** What a cluster runs. */
export interface OnCluster {
  /** Name of the fleet, for messages. */
  readonly fleetName: string;
  readonly fleet: CompiledFleet;
  readonly cluster: string;
  readonly rendered: readonly Resource[];
}

/** One overlay of a cluster: a centre with many edges has several. */
export interface Overlay extends OnCluster {
  readonly dir: string;
}

export const overlaysOf = (fleetName: string, fleet: CompiledFleet): readonly Overlay[] =>
  [...overlayDirs(fleet.tree)].map(([name, dir]) => ({
    fleetName,
    fleet,
    cluster: name.split('/')[0] ?? '',
    dir,
    rendered: fleet.rendered.get(name) ?? [],
  }));

/** Everything that a cluster runs, from all its overlays. */
export const renderedFor = (fleet: CompiledFleet, cluster: string): readonly Resource[] =>
  overlaysOf('', fleet)
    .filter((overlay) => overlay.cluster === cluster)
    .flatMap(({ rendered }) => rendered);

export const clustersOf = (fleetName: string, fleet: CompiledFleet): readonly OnCluster[] =>
  [fleet.inventory.central, ...fleet.inventory.edges].map(({ name }) => ({
    fleetName,
    fleet,
    cluster: name,
    rendered: renderedFor(fleet, name),
  }));

export const allOverlays = (): readonly Overlay[] => [...fleets()].flatMap(([name, fleet]) => overlaysOf(name, fleet));

export const allClusters = (): readonly OnCluster[] => [...fleets()].flatMap(([name, fleet]) => clustersOf(name, fleet));

export const yamlFiles = (tree: FileTree): readonly (readonly [path: string, text: string])[] =>
  [...tree].filter(([path]) => path.endsWith('.yaml'));

export function kustomizationOf(tree: FileTree, dir: string): Kustomization {
  const text = tree.get(`${dir}/kustomization.yaml`);
  if (text === undefined) throw new Error(`${dir} has no kustomization.yaml`);
  return parseYaml(text)[0] as Kustomization;
}

/** Every folder with a kustomization.yaml that a folder leads to, itself first; one that is reached twice is there twice. */
export function foldersFrom(tree: FileTree, dir: string): readonly string[] {
  const { resources = [] } = kustomizationOf(tree, dir);
  return [
    dir,
    ...resources
      .map((path) => posix.join(dir, path))
      .filter((path) => !tree.has(path))
      .flatMap((path) => foldersFrom(tree, path)),
  ];
}

/** Every file that `kustomize build` of a folder reads. */
export const filesFrom = (tree: FileTree, dir: string): readonly string[] =>
  [...new Set(foldersFrom(tree, dir))].flatMap((folder) => [
    `${folder}/kustomization.yaml`,
    ...(kustomizationOf(tree, folder).resources ?? []).map((path) => posix.join(folder, path)).filter((path) => tree.has(path)),
  ]);

/** Every value within a value, itself first, with the keys that lead to it. */
export function* within(
  value: unknown,
  path: readonly string[] = [],
): Iterable<{ readonly path: readonly string[]; readonly value: unknown }> {
  yield { path, value };
  if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) yield* within(item, [...path, key]);
}

export const pathsThatDiffer = (one: FileTree, other: FileTree): readonly string[] =>
  [...new Set([...one.keys(), ...other.keys()])].filter((path) => one.get(path) !== other.get(path)).sort();

/** What an object is called in messages, and compared by between clusters: without the version of its group. */
export const titleOf = ({ apiVersion, kind, metadata }: Resource): string =>
  `${apiVersion.includes('/') ? `${apiVersion.split('/')[0]}/` : ''}${kind} ${metadata.namespace ?? '-'}/${metadata.name}`;

// Argo CD

/** An Application, the Argo CD that has it, and what that Argo CD would sync for it. */
export interface Delivered {
  readonly application: Application;
  /** `hub`, or the name of the edge whose own Argo CD it is. */
  readonly argocd: string;
  /** Name of the cluster that it goes to; `in-cluster` for the hub's own. */
  readonly cluster: string;
  /** In the same Argo CD. */
  readonly project: IAppProject | undefined;
  readonly objects: readonly Resource[];
  /** The ApplicationSet that it comes from. */
  readonly set?: IApplicationSet;
  /** The parameters that it comes from. */
  readonly params?: Readonly<Record<string, unknown>>;
}

export const resourcesAt = (tree: FileTree, isPath: (path: string) => boolean): readonly Resource[] =>
  [...tree].filter(([path]) => isPath(path)).flatMap(([, text]) => parseYaml(text) as Resource[]);

/** What the root Application of the hub syncs. */
export const hubObjects = (tree: FileTree): readonly Resource[] =>
  resourcesAt(tree, (path) => /^generated\/argocd\/[^/]+\.yaml$/.test(path));

export const ofKind = <T extends Resource>(resources: readonly Resource[], kind: string): readonly T[] =>
  resources.filter((resource) => resource.kind === kind) as unknown as T[];

type Named<T> = T & Resource;

export const applicationSetsOf = (tree: FileTree): readonly Named<IApplicationSet>[] => ofKind(hubObjects(tree), 'ApplicationSet');

export const paramFilesOf = (tree: FileTree): ParamFiles =>
  new Map(
    [...tree].filter(([path]) => path.startsWith('generated/argocd/params/')).map(([path, text]) => [path, parseYaml(text)[0] as Fields]),
  );

const delivered = new WeakMap<CompiledFleet, readonly Delivered[]>();

/** Every Application of every Argo CD of a fleet. */
export function deliveriesOf(fleet: CompiledFleet): readonly Delivered[] {
  const known = delivered.get(fleet) ?? allDelivered(fleet);
  delivered.set(fleet, known);
  return known;
}

function allDelivered({ tree, rendered }: CompiledFleet): readonly Delivered[] {
  const clusterAt = new Map([...overlayDirs(tree)].map(([cluster, dir]) => [dir, cluster]));
  const synced = ({ spec: { source } }: Application): readonly Resource[] => {
    const path = source?.path ?? '';
    const cluster = clusterAt.get(path);
    if (cluster !== undefined) return rendered.get(cluster) ?? [];
    const include = new RegExp(`^${path}/${(source?.directory?.include ?? '').replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
    return resourcesAt(tree, (file) => include.test(file));
  };
  const deliver = (argocd: string, objects: readonly Resource[]) => {
    const projects = new Map(ofKind<Named<IAppProject>>(objects, 'AppProject').map((project) => [project.metadata.name, project]));
    return (application: Application, from: Pick<Delivered, 'set' | 'params'> = {}): Delivered => ({
      application,
      argocd,
      cluster: argocd === 'hub' ? (application.spec.destination.name ?? 'in-cluster') : argocd,
      project: projects.get(application.spec.project),
      objects: synced(application),
      ...from,
    });
  };
  const params = paramFilesOf(tree);
  const hub = deliver('hub', hubObjects(tree));
  const autonomous = [...tree.keys()].filter((path) => path.startsWith('generated/argocd/autonomous/'));
  return [
    ...ofKind<Application & Resource>(hubObjects(tree), 'Application').map((application) => hub(application)),
    ...applicationSetsOf(tree).flatMap((set) =>
      [...params].flatMap(([path, values]) =>
        expand(set, new Map([[path, values]])).map((application) => hub(application, { set, params: values })),
      ),
    ),
    ...autonomous.flatMap((path) => {
      const objects = resourcesAt(tree, (file) => file === path);
      return ofKind<Application & Resource>(objects, 'Application').map((application) =>
        deliver(posix.basename(path, '.yaml'), objects)(application),
      );
    }),
  ];
}

export const generatePathsOf = ({ metadata }: Application): readonly string[] =>
  ((metadata as Resource['metadata']).annotations?.['argocd.argoproj.io/manifest-generate-paths'] ?? '').split(';');

/** Whether Argo CD renders an Application anew when a file changes: the path itself, a file below it, or a glob that does not cross `/`.
 *  https://github.com/argoproj/argo-cd/blob/v3.6.1/util/app/path/path.go */
export const isWatched = (generatePaths: readonly string[], file: string): boolean =>
  generatePaths.some((path) => {
    const glob = new RegExp(
      `^${path
        .replaceAll(/[.+^${}()|\\]/g, '\\$&')
        .replaceAll('*', '[^/]*')
        .replaceAll('?', '[^/]')}$`,
    );
    return `/${file}` === path || `/${file}`.startsWith(`${path.replace(/\/$/, '')}/`) || glob.test(`/${file}`);
  });

// On disk

export function writeFiles(root: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** Gives `use` a new folder with these files, and removes it. */
export function onDisk<T>(files: ReadonlyMap<string, string>, use: (root: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'fleetc-acceptance-'));
  try {
    writeFiles(root, files);
    return use(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const cli = fileURLToPath(new URL('../../scripts/cli.js', import.meta.url));

/** Runs the command line in a process of its own. */
export function fleetc(root: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { stdout, stderr, status, error } = spawnSync(process.execPath, [cli, '--root', root, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, NO_COLOR: '1', ...env },
  });
  if (error) throw error;
  return { stdout, stderr, status };
}
