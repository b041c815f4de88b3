import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse, parseAllDocuments } from 'yaml';
import { checkSources, loadInventory } from '../../scripts/inventory/load.ts';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { overlayDirs } from '../../scripts/overlays/overlay.ts';
import { versions } from '../../scripts/versions.ts';
import { aCentre, aFleet, anEdge, compiledFleet } from '../support/fleet.ts';
import { kustomizeBuild, kustomizeMissing } from '../support/kustomize.ts';
import {
  all,
  at,
  type ConfigMap,
  containers,
  each,
  type Found,
  listAt,
  matches,
  type NamedFleet,
  none,
  operated,
  pods,
  prometheus,
  providedSecrets,
  secretReferences,
  within,
  workloads,
} from '../support/manifests.ts';
import { fleets, manyScraped, manySidecars, repository, serviceMonitors, unsafeKubeletSources, unsafeKubelets } from './fleets.ts';

if (kustomizeMissing !== undefined) console.log(`not run: G1 with the real kustomize: ${kustomizeMissing}`);

const identities = (resources: readonly Resource[]): readonly string[] =>
  resources.map(({ apiVersion, kind, metadata: { namespace = '', name } }) => {
    const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
    return `${group}/${kind} ${namespace}/${name}`;
  });

const large: readonly NamedFleet[] = [manySidecars, manyScraped];

const repeated = (list: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  return list.filter((one) => seen.size === seen.add(one).size);
};

/** Runs on a fleet as it would be on disk. */
function onDisk<T>({ tree }: NamedFleet, use: (root: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'fleetc-acceptance-'));
  try {
    for (const [file, text] of tree) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    return use(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

if (kustomizeMissing === undefined)
  // Of a hundred edges that are alike, one tells enough.
  for (const fleet of fleets)
    test(`G1 kustomize builds every overlay without duplicates: ${fleet.name}`, () => {
      onDisk(fleet, (root) => {
        const dirs = [...overlayDirs(fleet.tree)].filter(
          ([overlay]) => !large.includes(fleet) || overlay.startsWith('centre') || overlay === 'edge-0',
        );
        assert.ok(dirs.length > 0);
        for (const [overlay, dir] of dirs) {
          const { status, stdout, stderr } = kustomizeBuild(join(root, dir));
          assert.is(status, 0, `${overlay}: ${stderr}`);
          assert.is(stderr, '');
          const documents = parseAllDocuments(stdout).map((document) => document.toJS() as Resource);
          assert.equal(repeated(identities(documents)), []);
          assert.equal([...identities(documents)].sort(), [...identities(fleet.overlays.get(overlay) ?? [])].sort());
          if (fleet === repository) assert.is(kustomizeBuild(join(root, dir)).stdout, stdout);
        }
      });
    });

test('G1 no two Applications of a cluster apply the same object', () => {
  for (const { name, rendered } of fleets)
    for (const [cluster, resources] of rendered) {
      assert.ok(resources.length > 0, `${name}: ${cluster}`);
      assert.equal(repeated(identities(resources)), [], `${name}: ${cluster}`);
    }
});

test('G1 two compiles give the same bytes', () => {
  for (const [name, sources] of [
    ['clusters/', loadInventory('.').sources],
    ['unsafe kubelets', unsafeKubeletSources],
  ] as const) {
    const [one, two] = [compiledFleet(sources).tree, compiledFleet(new Map([...sources].reverse())).tree];
    assert.ok(one.size > 0, name);
    assert.equal([...one], [...two], name);
  }
});

const secretsInText =
  /-----BEGIN|\beyJ[\w-]{10,}\.|\bBearer\s+[\w.~+/-]{8,}|access_?key(_?id)?["']?\s*[:=]|secret_?key["']?\s*[:=]\s*["']?[A-Za-z0-9/+]{16,}|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{20,}/i;

test('G2 nothing that is emitted holds the bytes of a Secret', () => {
  for (const { name, tree } of fleets) {
    assert.ok(tree.size > 0, name);
    none([...tree].flatMap(([path, text]) => (secretsInText.test(text) ? [`${name}: ${path}: ${secretsInText.exec(text)?.[0]}`] : [])));
  }
  each(
    all(fleets),
    ({ object }) =>
      (at(object, 'stringData') !== undefined || (object.kind === 'Secret' && at(object, 'data') !== undefined)) && 'holds data',
    ({ object }) =>
      object.kind === 'Secret' && at(object, 'type') !== 'kubernetes.io/service-account-token' && 'is a Secret that nobody fills',
  );
});

test('G2 every reference to a Secret is to one that a manifest lists or fetches, with that key', () => {
  for (const fleet of fleets)
    each(secretReferences([fleet]), ({ secret, key, found }) => {
      const keys = providedSecrets(found.resources).get(secret);
      if (keys === undefined) return 'is listed nowhere';
      return key !== undefined && !keys.includes(key) && `is not among the keys ${keys.join(', ')}`;
    });
});

test('G2 every Secret that is listed is one that something uses', () => {
  for (const fleet of fleets) {
    const used = new Set(secretReferences([fleet]).map(({ secret, found }) => `${found.cluster} ${secret}`));
    const listed = [...fleet.rendered].flatMap(([cluster, resources]) =>
      [...providedSecrets(resources).keys()].map((secret) => `${cluster} ${secret}`),
    );
    assert.ok(listed.length > 0);
    none(listed.filter((secret) => !used.has(secret)).map((secret) => `${fleet.name}: ${secret}`));
  }
});

test('G3 every pod has a ServiceAccount of its own, which exists', () => {
  each(pods(fleets), ({ object, resources, serviceAccountName }) => {
    if (serviceAccountName === undefined) return 'names no ServiceAccount';
    const accounts = resources.filter(
      ({ kind, metadata }) => kind === 'ServiceAccount' && metadata.namespace === object.metadata.namespace,
    );
    return !accounts.some(({ metadata }) => metadata.name === serviceAccountName) && `names ${serviceAccountName}, which is not there`;
  });
});

test('G3 the subjects and the role of every binding exist', () => {
  each(all(fleets, 'RoleBinding', 'ClusterRoleBinding'), ({ object, resources }) => {
    const role = at(object, 'roleRef');
    const namespace = at(role, 'kind') === 'Role' ? object.metadata.namespace : undefined;
    const roles = resources.filter(({ kind, metadata }) => kind === at(role, 'kind') && metadata.namespace === namespace);
    if (!roles.some(({ metadata }) => metadata.name === at(role, 'name'))) return `binds ${String(at(role, 'name'))}, which is not there`;
    const subjects = listAt(object, 'subjects');
    if (subjects.length === 0) return 'binds nobody';
    const missing = subjects.filter((subject) => {
      // The common name of the client certificate with which the centre scrapes: no object of the cluster.
      if (at(subject, 'kind') === 'User') return at(subject, 'name') !== 'central-scraper';
      return !resources.some(
        ({ kind, metadata }) =>
          kind === 'ServiceAccount' &&
          at(subject, 'kind') === kind &&
          metadata.namespace === at(subject, 'namespace') &&
          metadata.name === at(subject, 'name'),
      );
    });
    return missing.length > 0 && `binds ${missing.map((one) => String(at(one, 'name'))).join(', ')}, who is not there`;
  });
});

const components: Readonly<Record<string, keyof typeof versions>> = {
  'prometheus/prometheus': 'prometheus',
  'thanos/thanos': 'thanos',
  'prometheus/node-exporter': 'nodeExporter',
  'kube-state-metrics/kube-state-metrics': 'kubeStateMetrics',
  'prometheus/alertmanager': 'alertmanager',
  'brancz/kube-rbac-proxy': 'kubeRbacProxy',
};

test('G4 every image has the tag of the pinned version, and custom resources name the same version', () => {
  const wrongImage = (fleet: NamedFleet, image: string): string | undefined => {
    const [, repositoryName = '', tag] = /^[^/]+\/([^:@]+)(?::([^@]+))?(?:@sha256:[0-9a-f]{64})?$/.exec(image) ?? [];
    const component = components[repositoryName];
    if (component === undefined) return `runs ${image}, which is in no matrix`;
    const version = fleet.inventory.fleet.versions[component as keyof typeof fleet.inventory.fleet.versions] ?? versions[component].version;
    return tag === `v${version}` ? undefined : `runs ${image}, not v${version}`;
  };
  each(containers(fleets), ({ fleet, container }) => wrongImage(fleet, container.image));
  each(
    operated(fleets),
    ({ fleet, object }) => wrongImage(fleet, object.spec.image),
    ({ fleet, object: { spec } }) => spec.thanos && wrongImage(fleet, spec.thanos.image),
    ({ object: { spec } }) => !spec.image.endsWith(`:v${spec.version}`) && `says version ${spec.version} and image ${spec.image}`,
    ({ object: { spec } }) =>
      spec.thanos && !spec.thanos.image.endsWith(`:v${spec.thanos.version}`) && 'has a sidecar of another version than it says',
  );
  each(
    all(fleets).flatMap((found) =>
      [...within(found.object)].flatMap(({ path, value }) => (path.at(-1) === 'image' ? [{ ...found, value }] : [])),
    ),
    ({ value }) => (typeof value !== 'string' || /:latest$/.test(value) || !/[:@][^/]+$/.test(value)) && `has the image ${String(value)}`,
  );
});

const hardened = [
  ({ container: { securityContext = {} }, pod }) =>
    !(securityContext.runAsNonRoot ?? pod.securityContext?.runAsNonRoot) && 'may run as root',
  ({ container: { securityContext = {} } }) => securityContext.allowPrivilegeEscalation !== false && 'may escalate',
  ({ container: { securityContext = {} } }) => !securityContext.capabilities?.drop?.includes('ALL') && 'keeps capabilities',
  // None is needed by node-exporter's collectors either, so none is listed.
  ({ container: { securityContext = {} } }) => (securityContext.capabilities?.add ?? []).length > 0 && 'adds capabilities',
  ({ container: { securityContext = {} } }) => securityContext.privileged === true && 'is privileged',
  ({ container: { securityContext = {} } }) => securityContext.readOnlyRootFilesystem !== true && 'may write to its root',
  ({ container: { securityContext = {} }, pod }) =>
    (securityContext.seccompProfile ?? pod.securityContext?.seccompProfile)?.type !== 'RuntimeDefault' && 'has no seccomp profile',
  ({ container: { resources = {} } }) => !(resources.requests?.cpu && resources.requests.memory) && 'requests nothing',
  ({ container: { resources = {} } }) => !resources.limits?.memory && 'has no limit of memory',
  ({ container }) => (container.readinessProbe === undefined || container.livenessProbe === undefined) && 'has not both probes',
] satisfies Parameters<typeof each<ReturnType<typeof containers>[number]>>[1][];

test('G5 every container is hardened, has requests, a limit of memory, and both probes', () => {
  for (const fleet of fleets) each(containers([fleet]), ...hardened);
});

test('G5 custom resources set what the operator leaves open', () => {
  each(
    operated(fleets),
    ({ object: { spec } }) => spec.securityContext?.runAsNonRoot !== true && 'may run as root',
    ({ object: { spec } }) => spec.securityContext?.seccompProfile?.type !== 'RuntimeDefault' && 'has no seccomp profile',
    ...(['cpu', 'memory'] as const).map(
      (name) => (found: Found<ReturnType<typeof operated>[number]['object']>) =>
        !found.object.spec.resources?.requests?.[name] && `requests no ${name}`,
    ),
    ({ object: { spec } }) => !spec.resources?.limits?.memory && 'has no limit of memory',
    ({ object: { spec } }) =>
      spec.thanos &&
      !(spec.thanos.resources?.requests?.memory && spec.thanos.resources.limits?.memory) &&
      'has a sidecar without requests and limits',
    // The operator gives probes to Prometheus and Alertmanager, and none to the sidecar and the Ruler.
    ({ object: { kind, spec } }) => {
      const container = { Prometheus: 'thanos-sidecar', ThanosRuler: 'thanos-ruler' }[kind];
      const patch = spec.containers?.find(({ name }) => name === container);
      return container !== undefined && !(patch?.readinessProbe && patch.livenessProbe) && `gives ${container} no probes`;
    },
    ({ object: { spec } }) =>
      (spec.containers ?? []).some(({ securityContext }) => securityContext !== undefined) && "changes the operator's hardening",
  );
});

test('G6 every pod that mounts a volume claim sets fsGroup', () => {
  for (const fleet of fleets) {
    const claiming = pods([fleet]).filter(({ claims }) => claims.length > 0);
    each(claiming, ({ security }) => security.fsGroup === undefined && 'has no fsGroup');
  }
});

const enforce = 'pod-security.kubernetes.io/enforce';

test('G7 every namespace says its pod security, and pods that use the host are in the privileged one', () => {
  for (const fleet of fleets)
    each(all([fleet], 'Namespace'), ({ object, resources }) => {
      const level = object.metadata.labels?.[enforce] ?? 'none';
      const hosts = pods([fleet]).some(
        (one) => one.resources === resources && one.object.metadata.namespace === object.metadata.name && usesHost(one.object),
      );
      return level !== (hosts ? 'privileged' : 'restricted') && `enforces ${level}`;
    });
  each(
    pods(fleets),
    ({ object, resources }) =>
      !resources.some(({ kind, metadata }) => kind === 'Namespace' && metadata.name === object.metadata.namespace) &&
      'is in a namespace of somebody else',
    ({ object, resources }) => {
      const namespace = resources.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === object.metadata.namespace);
      return usesHost(object) && namespace?.metadata.labels?.[enforce] !== 'privileged' && 'uses the host';
    },
  );
  each(
    workloads(fleets).filter(({ object }) => usesHost(object)),
    ({ object }) => object.metadata.name !== 'node-exporter' && 'uses the host',
  );
});

const usesHost = (object: Resource): boolean =>
  [...within(object)].some(({ path, value }) => {
    const name = path.at(-1) ?? '';
    return ['hostNetwork', 'hostPID', 'hostIPC'].includes(name) ? value === true : ['hostPath', 'hostPort'].includes(name);
  });

test('G8 nothing speaks of port 10255', () => {
  each(all(fleets), ({ object }) => /\b10255\b/.test(JSON.stringify(object)) && 'speaks of 10255');
  for (const { tree } of fleets) none([...tree].flatMap(([path, text]) => (/\b10255\b/.test(text) ? [path] : [])));
});

test('G8 roles have no wildcard and no nodes/proxy', () => {
  for (const fleet of fleets) {
    const rules = all([fleet], 'Role', 'ClusterRole').flatMap((found) => listAt(found.object, 'rules').map((rule) => ({ ...found, rule })));
    each(
      rules,
      ({ rule }) =>
        ['apiGroups', 'resources', 'verbs', 'nonResourceURLs'].some((name) =>
          listAt(rule, name).some((one) => String(one).includes('*')),
        ) && 'has a wildcard',
      ({ rule }) => listAt(rule, 'resources').includes('nodes/proxy') && 'reaches exec through nodes/proxy',
      ({ rule }) => listAt(rule, 'resources').some((one) => /^(secrets|configmaps)/.test(String(one))) && 'reads Secrets or ConfigMaps',
      ({ rule }) => listAt(rule, 'verbs').some((verb) => !['get', 'list', 'watch'].includes(String(verb))) && 'changes things',
    );
  }
});

test('G8 the scraper may read nodes/metrics and nothing else', () => {
  const bound = all(fleets, 'RoleBinding', 'ClusterRoleBinding').filter(({ object }) =>
    listAt(object, 'subjects').some((one) => at(one, 'name') === 'central-scraper'),
  );
  each(bound, ({ object, resources }) => {
    const role = resources.find(
      ({ kind, metadata }) => kind === at(object, 'roleRef', 'kind') && metadata.name === at(object, 'roleRef', 'name'),
    );
    const rules = JSON.stringify(listAt(role, 'rules'));
    return rules !== JSON.stringify([{ apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] }]) && `may ${rules}`;
  });
  assert.equal(
    new Set(bound.map(({ fleet, cluster }) => `${fleet.name} ${cluster}`)),
    new Set(
      fleets.flatMap(({ name, inventory }) =>
        inventory.edges.flatMap((edge) => (edge.option === 'remote-scrape' ? [`${name} ${edge.name}`] : [])),
      ),
    ),
  );
});

/** What skips the verification of a server's certificate, and for which clusters. */
const skipping = (fleet: NamedFleet) => [
  ...all([fleet], 'ScrapeConfig', 'ServiceMonitor', 'PodMonitor', 'Prometheus', 'ThanosRuler', 'Alertmanager').flatMap((found) =>
    [...within(found.object)].flatMap(({ path, value }) => {
      if (path.at(-1) !== 'insecureSkipVerify' || value !== true) return [];
      const endpoint = at(found.object, ...path.slice(0, -2));
      const clusters = listAt(found.object, 'spec', 'staticConfigs').map((one) => String(at(one, 'labels', 'cluster')));
      return [{ ...found, clusters: [...new Set(clusters)], bearer: at(endpoint, 'authorization') !== undefined }];
    }),
  ),
  ...prometheus([fleet]).flatMap((found) =>
    [...within(found.config)].flatMap(({ path, value }) => {
      if (path.at(-1) !== 'insecure_skip_verify' || value !== true) return [];
      return [{ ...found, clusters: [found.cluster], bearer: at(found.config, ...path.slice(0, -2), 'authorization') !== undefined }];
    }),
  ),
];

test('G9 a certificate goes unverified only where the inventory says unsafe, and never with a token unless somebody is warned', () => {
  for (const fleet of fleets) {
    const unsafe = new Set(fleet.inventory.edges.flatMap(({ name, kubelet }) => (kubelet.unsafeSkipVerify ? [name] : [])));
    none(
      skipping(fleet).flatMap(({ where, clusters }) => (clusters.length > 0 && clusters.every((name) => unsafe.has(name)) ? [] : [where])),
    );
  }
  const found = skipping(unsafeKubelets);
  assert.equal(
    new Set(found.flatMap(({ clusters }) => clusters)),
    new Set(['scraped-unsafe', 'scraped-unsafe-token', 'agent-unsafe', 'sidecar-unsafe']),
  );
  assert.equal(
    found.filter(({ clusters }) => clusters.includes('scraped-unsafe')).map(({ bearer }) => bearer),
    [false, false],
  );

  const withToken = new Set(found.flatMap(({ clusters, bearer }) => (bearer ? clusters : [])));
  assert.equal(withToken, new Set(['scraped-unsafe-token', 'agent-unsafe', 'sidecar-unsafe']));
  const diagnostics = [...checkSources(unsafeKubeletSources).diagnostics, ...unsafeKubelets.diagnostics];
  for (const cluster of withToken)
    assert.ok(
      diagnostics.some(({ severity, message }) => severity === 'warning' && message.includes(`"${cluster}"`) && message.includes('token')),
      `nobody is warned of ${cluster}`,
    );
});

test('G9 elsewhere nothing says that it does not verify', () => {
  none(
    fleets.flatMap((fleet) => {
      const skippers = skipping(fleet);
      return all([fleet]).flatMap((found) => {
        const known = skippers.filter(({ cluster }) => cluster === found.cluster);
        const elsewhere = /skip-?_?verify["']?[:=]\s*["']?true|--insecure/i.test(JSON.stringify(found.object));
        const expected = known.some(({ object }) => object === found.object) || (found.object.kind === 'ConfigMap' && known.length > 0);
        return elsewhere && !expected ? [found.where] : [];
      });
    }),
  );
});

test('G10 there is no Endpoints, and an EndpointSlice only with ServiceMonitors and a setting of Argo CD that lets it through', () => {
  assert.ok(all([serviceMonitors], 'EndpointSlice').length > 0);
  for (const fleet of fleets) {
    assert.equal(all([fleet], 'Endpoints').length, 0);
    const slices = all([fleet], 'EndpointSlice');
    const settings = [...fleet.tree].filter(([path]) => path.endsWith('/argocd-cm.yaml')).map(([, text]) => parse(text) as ConfigMap);
    assert.is(slices.length > 0, fleet.inventory.central.prometheus.mode === 'service-monitor', fleet.name);
    assert.is(settings.length, slices.length > 0 ? 1 : 0, fleet.name);
    for (const { metadata, data } of settings) {
      assert.is(metadata.name, 'argocd-cm');
      assert.is(metadata.namespace, fleet.inventory.fleet.argocd.namespace);
      const excluded = listAt({ list: parse(data['resource.exclusions'] ?? '') as unknown }, 'list');
      assert.ok(excluded.length > 3, "Argo CD's other exclusions are still there");
      none(
        excluded
          .flatMap((one) => listAt(one, 'kinds'))
          .flatMap((kind) => (/^(EndpointSlice|\*)$/.test(String(kind)) ? [String(kind)] : [])),
      );
    }
  }
});

test('G11 no kustomization labels selectors', () => {
  for (const { name, tree } of fleets) {
    const kustomizations = [...tree].filter(([path]) => path.endsWith('/kustomization.yaml'));
    const labelled = kustomizations.flatMap(([path, text]) => {
      const content = parse(text) as unknown;
      assert.is(at(content, 'commonLabels'), undefined, path);
      return listAt(content, 'labels').map((one) => ({ path, one }));
    });
    assert.ok(labelled.length > 0, name);
    for (const { path, one } of labelled) {
      assert.not.ok(at(one, 'includeSelectors'), path);
      assert.not.ok(at(one, 'includeTemplates'), path);
    }
  }
  each(
    workloads(fleets),
    ({ object }) =>
      [...within(at(object, 'spec', 'selector'))].some(({ path }) => /^fleetc\.dev\//.test(path.at(-1) ?? '')) &&
      'selects by a label of the cluster',
    ({ object }) =>
      (object.spec.volumeClaimTemplates ?? []).some((claim) => at(claim, 'metadata', 'labels') !== undefined) &&
      'has labels on a volume claim, which never change',
  );
});

test('G12 disruption budgets select one workload of more than one replica', () => {
  for (const fleet of fleets)
    each(all([fleet], 'PodDisruptionBudget'), (found) => {
      const selected = pods([fleet]).filter(
        (one) =>
          one.cluster === found.cluster &&
          one.object.metadata.namespace === found.object.metadata.namespace &&
          matches((at(found.object, 'spec', 'selector', 'matchLabels') ?? {}) as Readonly<Record<string, string>>, one.labels),
      );
      if (selected.length !== 1) return `selects ${selected.length} workloads`;
      return selected.some(({ replicas }) => replicas < 2) && 'selects a workload of one replica: a node could never be drained';
    });
});

// What a change of one cluster changes

const token = { settings: { credentials: { kubelet: 'token' } } };

/** Three edges on each option, one of them with a token: a part that no edge had yet is news for the whole ring. */
const edges = [
  ...(['remote-scrape', 'prometheus-agent', 'thanos-sidecar'] as const).flatMap((option, i) =>
    [0, 1, 2].map((n) => anEdge(`${option}-${n}`, option, 60 * i + 10 * n)),
  ),
  anEdge('remote-scrape-by-token', 'remote-scrape', 240, token),
];

/** The fleet with one edge changed. */
/** Its Compactor's volume is written, since otherwise it follows the edges, in steps. */
const changed = (name: string, change: Readonly<Record<string, unknown>>) =>
  compiledFleet(
    aFleet([aCentre({ storage: { compactor: '64Gi' } }), ...edges.map((edge) => (edge.name === name ? { ...edge, ...change } : edge))]),
  );

/** Paths that two trees do not share, or with another text. */
const difference = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path)).sort();

const changes: readonly [what: string, edge: string, change: Readonly<Record<string, unknown>>][] = [
  [
    'an address',
    'remote-scrape-1',
    {
      nodes: [
        { name: 'remote-scrape-1-a', address: '198.51.100.7' },
        { name: 'remote-scrape-1-b', address: '198.51.100.8' },
      ],
    },
  ],
  [
    'one more node',
    'remote-scrape-1',
    { nodes: ['a', 'b', 'c'].map((node, i) => ({ name: `remote-scrape-1-${node}`, address: `198.51.100.${i}` })) },
  ],
  ['credentials', 'remote-scrape-1', { settings: { credentials: { kubelet: 'token', secretName: 'mine' } } }],
  ['labels', 'prometheus-agent-1', { labels: { 'example.com/team': 'blue' } }],
  ['a volume', 'prometheus-agent-1', { storage: { class: 'fast', size: '9Gi' } }],
  ['a volume', 'thanos-sidecar-1', { storage: { class: 'fast', size: '90Gi' } }],
  ['an endpoint', 'thanos-sidecar-1', { settings: { endpoints: ['nat.example:443'], serverName: 'nat.example' } }],
  [
    'one more node',
    'thanos-sidecar-1',
    { nodes: ['a', 'b', 'c'].map((node, i) => ({ name: `thanos-sidecar-1-${node}`, address: `198.51.100.${i}` })) },
  ],
  ['its server', 'thanos-sidecar-1', { server: 'https://198.51.100.9:6443' }],
];

for (const [what, edge, change] of changes)
  test(`G40 ${what} of ${edge} changes its own files and what the centre knows of it`, () => {
    const paths = difference(changed('', {}).tree, changed(edge, change).tree);
    const allowed = [
      new RegExp(`^overlays/kr/${edge}/`),
      new RegExp(`^generated/argocd/params/[^/]+/${edge}\\.yaml$`),
      // What the centre knows of edges: a file for each bucket of names, and the one file that Query reads.
      /^overlays\/kr\/centre\/edges\/[0-9a-f]{2}\.yaml$/,
      /^overlays\/kr\/centre\/query-endpoints\.yaml$/,
    ];
    none(paths.filter((path) => !allowed.some((pattern) => pattern.test(path))));
    if (what !== 'its server') assert.ok(paths.length > 0);
    assert.ok(paths.length <= 4, `at most four files, not ${paths.join(' ')}`);
  });

test('G40 a change of one edge changes no object of another', () => {
  const before = changed('', {}).rendered;
  for (const [what, edge, change] of changes) {
    const after = changed(edge, change).rendered;
    for (const [cluster, resources] of after)
      if (cluster !== edge && cluster !== 'centre') assert.equal(resources, before.get(cluster), `${what} of ${edge}`);
  }
});

// In which order Argo CD applies

const waveOf = ({ metadata }: Resource): number => Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? '0');

/** What comes after what. */
const stages: readonly (readonly string[])[] = [
  ['CustomResourceDefinition'],
  ['Namespace', 'ServiceAccount', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'],
  ['ConfigMap', 'Secret', 'ExternalSecret', 'Service', 'EndpointSlice', 'NetworkPolicy', 'PodDisruptionBudget'],
  ['Deployment', 'StatefulSet', 'DaemonSet', 'Prometheus', 'Alertmanager', 'ThanosRuler'],
  ['ScrapeConfig', 'ServiceMonitor', 'PodMonitor', 'PrometheusRule'],
];

test('G40 sync waves: definitions, access, configuration, workloads, then what they scrape and alert on', () => {
  for (const fleet of fleets)
    for (const [cluster, resources] of fleet.rendered) {
      none(
        resources.flatMap(({ kind }) =>
          stages.some((kinds) => kinds.includes(kind)) ? [] : [`${fleet.name}: ${cluster}: ${kind} is in no stage`],
        ),
      );
      const waves = stages.map((kinds) => resources.filter(({ kind }) => kinds.includes(kind)).map(waveOf));
      let before = Number.NEGATIVE_INFINITY;
      for (const [i, stage] of waves.entries()) {
        if (stage.length === 0) continue;
        assert.ok(Math.min(...stage) > before, `${fleet.name}: ${cluster}: ${stages[i]?.join(', ')} do not come after what they need`);
        before = Math.max(...stage);
      }
      assert.ok(waves.filter((stage) => stage.length > 0).length >= 3);
    }
});

test('G40 what syncs custom resources does so by server-side apply, and no definition is ours', () => {
  assert.equal(all(fleets, 'CustomResourceDefinition').length, 0);
  for (const { name, tree } of fleets) {
    const applications = [...tree]
      .filter(([path]) => /^generated\/argocd\/(?!params|settings|clusters)/.test(path))
      .flatMap(([, text]) => parseAllDocuments(text).map((document) => document.toJS() as Resource))
      .flatMap((object) => {
        const spec =
          object.kind === 'ApplicationSet'
            ? at(object, 'spec', 'template', 'spec')
            : object.kind === 'Application'
              ? at(object, 'spec')
              : undefined;
        return spec === undefined ? [] : [{ object, spec }];
      })
      // The root Application syncs Argo CD's own kinds, which are small.
      .filter(({ spec }) => /^(overlays\/|\{\{)/.test(String(at(spec, 'source', 'path'))));
    assert.ok(applications.length >= 2, name);
    for (const { object, spec } of applications)
      assert.ok(listAt(spec, 'syncPolicy', 'syncOptions').includes('ServerSideApply=true'), `${name}: ${object.metadata.name}`);
  }
});

test.run();
