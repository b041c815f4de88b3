import type { Counts, PlanReport } from '../../../generated/types/plan.d.ts';

type Report = PlanReport;
type Class = Report['classes'][number];
type Change = Class['changes'][number];
type Risk = Report['risks'][number];

interface Edge {
  readonly name: string;
  readonly region: string;
  readonly ring: string;
  readonly option: string;
}

interface Given {
  readonly edges: readonly Edge[];
  readonly classes?: readonly Omit<Class, 'id'>[];
  readonly causes?: Report['causes'];
  readonly risks?: readonly Risk[];
  readonly files?: Report['files'];
  readonly base?: Report['base'];
}

export const centre: Edge = { name: 'cluster-01', region: 'kr', ring: '', option: '' };

/** A report whose counts agree with each other, as those of the planner do. */
export function aReport({
  edges,
  classes = [],
  causes = [],
  risks = [],
  files = [],
  base = { kind: 'git', ref: 'origin/main' },
}: Given): Report {
  const numbered = classes.map((one, index) => ({ id: (index + 1).toString(16).padStart(12, '0'), ...one }));
  const classOf = new Map(numbered.flatMap((one) => one.clusters.map((name) => [name, one] as const)));
  const groups = new Map<string, Report['groups'][number]>();
  const touched: Report['clusters'] = [];
  for (const { name, region, ring, option } of edges) {
    const key = `${region} ${ring}`;
    const group = groups.get(key) ?? { region, ring, clusters: { touched: 0, total: 0 }, objects: none() };
    groups.set(key, group);
    group.clusters.total += 1;
    const own = classOf.get(name);
    if (own === undefined) continue;
    const objects = countsOf(own.changes);
    group.clusters.touched += 1;
    add(group.objects, objects);
    touched.push({
      name,
      region,
      ring,
      option,
      change: 'changed',
      class: own.id,
      objects,
      files: [`overlays/${region}/${name}/kustomization.yaml`],
    });
  }
  const objects = none();
  for (const cluster of touched) add(objects, cluster.objects);
  const allFiles =
    files.length > 0 || touched.length === 0
      ? files
      : touched.map((cluster) => ({ path: cluster.files[0] ?? '', change: 'update' as const }));
  const share = (key: 'region' | 'ring') => ({
    touched: new Set(touched.map((cluster) => cluster[key]).filter((value) => value !== '')).size,
    total: new Set(edges.map((edge) => edge[key]).filter((value) => value !== '')).size,
  });
  const filesOf = (change: 'create' | 'update' | 'delete') => allFiles.filter((file) => file.change === change).length;
  return {
    version: 1,
    fleet: 'example-fleet',
    base,
    summary: {
      risk: (['high', 'medium', 'low'] as const).find((severity) => risks.some((risk) => risk.severity === severity)) ?? 'none',
      files: { created: filesOf('create'), updated: filesOf('update'), deleted: filesOf('delete') },
      objects,
      clusters: { touched: touched.length, total: edges.length },
      regions: share('region'),
      rings: share('ring'),
    },
    causes,
    risks: [...risks],
    groups: [...groups.values()].sort(
      (a, b) => regions.indexOf(a.region) - regions.indexOf(b.region) || rings.indexOf(a.ring) - rings.indexOf(b.ring),
    ),
    classes: numbered,
    clusters: touched,
    files: allFiles,
  };
}

const none = (): Counts => ({ added: 0, changed: 0, removed: 0, restarted: 0 });

function add(to: Counts, from: Counts): void {
  for (const key of ['added', 'changed', 'removed', 'restarted'] as const) to[key] += from[key];
}

function countsOf(changes: readonly Change[]): Counts {
  const counts = none();
  for (const { change, also = [], restarts } of changes) {
    counts[change] += 1 + also.length;
    if (restarts) counts.restarted += 1 + also.length;
  }
  return counts;
}

const rings = ['', 'canary', 'early', 'stable'];
const options = ['remote-scrape', 'prometheus-agent', 'thanos-sidecar'];
const regions = ['kr', 'us-east', 'us-west', 'eu-central', 'eu-west', 'jp', 'sg', 'au', 'br', 'in', 'za', 'ca'];

/** One centre and `many - 1` edges in twelve regions and three rings. */
export const fleetOf = (many: number): Edge[] => [
  centre,
  ...Array.from({ length: many - 1 }, (_, index) => ({
    name: `edge-${String(index + 1).padStart(5, '0')}`,
    region: regions[Math.floor((index * regions.length) / (many - 1))] ?? 'kr',
    ring: index % 50 === 0 ? 'canary' : index % 10 === 0 ? 'early' : 'stable',
    option: options[index % 3] ?? '',
  })),
];

export const configMap = (name: string, before: string, after: string): Change => ({
  change: 'changed',
  object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'edge-metrics', name },
  restarts: false,
  risks: [],
  diff: `@@ -12,7 +12,7 @@\n   prometheus.yml: |\n     global:\n-      scrape_interval: ${before}\n+      scrape_interval: ${after}\n       scrape_timeout: 10s\n       external_labels:\n         cluster: \${CLUSTER}\n`,
});

/** The centre has one for each edge. */
const scrapeConfigs = ([first = '', ...others]: readonly string[]): Change => ({
  change: 'changed',
  object: { apiVersion: 'monitoring.coreos.com/v1alpha1', kind: 'ScrapeConfig', namespace: 'central-metrics', name: first },
  also: others,
  restarts: false,
  risks: [],
  diff: '@@ -9,3 +9,3 @@\n spec:\n   jobName: node-exporter\n-  scrapeInterval: 30s\n+  scrapeInterval: 60s\n',
});

const statefulSet: Change = {
  change: 'changed',
  object: { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'edge-metrics', name: 'prometheus-agent' },
  restarts: true,
  risks: ['risk/volume-shrunk'],
  diff: `@@ -18,7 +18,7 @@
   template:
     metadata:
       annotations:
-        fleetc.dev/configuration: 5f2c90aa41be
+        fleetc.dev/configuration: 91d77e0c3f08
       labels:
         app.kubernetes.io/name: prometheus-agent
@@ -61,7 +61,7 @@
         accessModes:
           - ReadWriteOnce
         resources:
           requests:
-            storage: 5Gi
+            storage: 2Gi
         storageClassName: longhorn
`,
};

const removedService: Change = {
  change: 'removed',
  object: { apiVersion: 'v1', kind: 'Service', namespace: 'edge-metrics', name: 'thanos-sidecar' },
  restarts: false,
  risks: ['risk/object-deleted'],
  diff: `@@ -1,11 +0,0 @@
-apiVersion: v1
-kind: Service
-metadata:
-  name: thanos-sidecar
-  namespace: edge-metrics
-spec:
-  type: LoadBalancer
-  ports:
-    - name: grpc
-      port: 10901
-      targetPort: grpc
`,
};

const addedPolicy: Change = {
  change: 'added',
  object: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: 'edge-metrics', name: 'prometheus-agent' },
  restarts: false,
  risks: ['risk/flow-opened'],
  diff: `@@ -0,0 +1,12 @@
+apiVersion: networking.k8s.io/v1
+kind: NetworkPolicy
+metadata:
+  name: prometheus-agent
+  namespace: edge-metrics
+spec:
+  podSelector:
+    matchLabels:
+      app.kubernetes.io/name: prometheus-agent
+  egress:
+    - ports:
+        - port: 19291
`,
};

export const shrunk = (clusters: readonly string[]): Risk => ({
  code: 'risk/volume-shrunk',
  severity: 'high',
  what: 'The volume claim of StatefulSet edge-metrics/prometheus-agent goes from 5Gi to 2Gi.',
  why: 'A volume cannot shrink: the sync fails, or the write-ahead log is lost with the old volume.',
  check: 'Keep the size, or delete the StatefulSet and its volumes by hand in a maintenance window.',
  object: 'StatefulSet edge-metrics/prometheus-agent',
  clusters,
});

const deleted = (clusters: readonly string[]): Risk => ({
  code: 'risk/object-deleted',
  severity: 'medium',
  what: 'Service edge-metrics/thanos-sidecar is deleted.',
  why: 'Argo CD prunes it after the merge; the centre loses its address.',
  check: 'The centre no longer queries these clusters through it.',
  object: 'Service edge-metrics/thanos-sidecar',
  clusters,
});

const switched = (clusters: readonly string[]): Risk => ({
  code: 'risk/option-switched',
  severity: 'medium',
  what: 'The option goes from thanos-sidecar to prometheus-agent.',
  why: 'What the edge has stored and not yet uploaded stays behind.',
  check: 'The last block is in the object storage.',
  clusters,
});

const opened = (clusters: readonly string[]): Risk => ({
  code: 'risk/flow-opened',
  severity: 'low',
  what: 'A flow is opened: edge-metrics/prometheus-agent to the centre, TCP 19291.',
  why: 'A firewall between the two has to let it pass, or nothing arrives.',
  check: 'The firewall of the site.',
  object: 'NetworkPolicy edge-metrics/prometheus-agent',
  clusters,
});

export const nothing = (): Report => aReport({ edges: fleetOf(4) });

/** The fleet of this repository, with one edge on another option and a smaller volume. */
export function small(): Report {
  const edges: Edge[] = [
    centre,
    { name: 'cluster-02', region: 'kr', ring: 'stable', option: 'remote-scrape' },
    { name: 'cluster-03', region: 'kr', ring: 'stable', option: 'prometheus-agent' },
    { name: 'cluster-04', region: 'kr', ring: 'stable', option: 'prometheus-agent' },
  ];
  return aReport({
    edges,
    base: { kind: 'git', ref: 'origin/main', commit: 'fece11f20c4d5be1a0c8f0a2d9e1b7c3a4f5d6e7' },
    classes: [
      {
        title: 'prometheus-agent: 1 object changed, 1 restarted',
        severity: 'high',
        clusters: ['cluster-03'],
        exemplar: 'cluster-03',
        changes: [statefulSet],
      },
      {
        title: 'thanos-sidecar to prometheus-agent: 1 added, 1 removed',
        severity: 'medium',
        clusters: ['cluster-04'],
        exemplar: 'cluster-04',
        changes: [addedPolicy, removedService],
      },
      {
        title: 'the centre: 1 object changed',
        severity: 'none',
        clusters: ['cluster-01'],
        exemplar: 'cluster-01',
        changes: [configMap('central-prometheus', '30s', '60s')],
      },
    ],
    causes: [
      {
        kind: 'inventory',
        what: 'The size of the volume of cluster-03 changed.',
        file: 'clusters/cluster-03.ts',
        line: 10,
        cluster: 'cluster-03',
        field: 'storage.size',
        before: '"5Gi"',
        after: '"2Gi"',
      },
      {
        kind: 'inventory',
        what: 'The option of cluster-04 changed.',
        file: 'clusters/cluster-04.ts',
        line: 8,
        cluster: 'cluster-04',
        field: 'option',
        before: '"thanos-sidecar"',
        after: '"prometheus-agent"',
      },
      {
        kind: 'inventory',
        what: 'The scrape interval of the fleet changed.',
        file: 'clusters/fleet.ts',
        line: 12,
        field: 'scrapeInterval',
        after: '"60s"',
      },
    ],
    risks: [shrunk(['cluster-03']), deleted(['cluster-04']), switched(['cluster-04']), opened(['cluster-04'])],
  });
}

/** One field of the fleet, `many` clusters that change alike, and the centre. */
export function alike(many = 5_000): Report {
  const edges = fleetOf(many);
  const names = edges.slice(1).map(({ name }) => name);
  return aReport({
    edges,
    base: { kind: 'git', ref: 'origin/main', commit: 'fece11f20c4d5be1a0c8f0a2d9e1b7c3a4f5d6e7' },
    classes: [
      {
        title: 'edge-prometheus: 2 objects changed, 1 restarted',
        severity: 'low',
        clusters: names,
        exemplar: names[0] ?? '',
        changes: [configMap('edge-prometheus', '30s', '60s'), { ...statefulSet, risks: [] }],
      },
      {
        title: `centre: ${many} objects changed`,
        severity: 'none',
        clusters: ['cluster-01'],
        exemplar: 'cluster-01',
        changes: [configMap('central-prometheus', '30s', '60s'), scrapeConfigs(names)],
      },
    ],
    causes: [
      {
        kind: 'inventory',
        what: 'The scrape interval of the fleet changed.',
        file: 'clusters/fleet.ts',
        line: 12,
        field: 'scrapeInterval',
        before: '"30s"',
        after: '"60s"',
      },
    ],
    risks: [
      {
        code: 'risk/share-of-fleet',
        severity: 'medium',
        what: `${many - 1} of ${many} clusters change at once, more than the limit of 20 %.`,
        why: 'A mistake in it is everywhere before anybody sees it.',
        check: 'Change it in the first ring, and promote it.',
        clusters: names,
      },
      {
        code: 'risk/restart',
        severity: 'low',
        what: 'StatefulSet edge-metrics/prometheus-agent restarts.',
        why: 'Each edge has a gap of about a minute while its agent starts again.',
        check: 'Not in an incident.',
        object: 'StatefulSet edge-metrics/prometheus-agent',
        clusters: names,
      },
    ],
  });
}

/** Only the first ring of some regions. */
export function firstRing(many = 5_000): Report {
  const edges = fleetOf(many);
  const names = edges.filter(({ ring, region }) => ring === 'canary' && region !== 'kr').map(({ name }) => name);
  const [outlier = '', ...others] = names;
  const changes = [configMap('edge-prometheus', '30s', '60s')];
  return aReport({
    edges,
    classes: [
      { title: 'edge-prometheus: 1 object changed', severity: 'none', clusters: others, exemplar: others[0] ?? '', changes },
      {
        title: 'edge-prometheus: 2 objects changed, 1 restarted',
        severity: 'none',
        clusters: [outlier],
        exemplar: outlier,
        changes: [...changes, { ...statefulSet, risks: [] }],
      },
    ],
    causes: [{ kind: 'compiler', what: 'The compiler writes another scrape configuration.' }],
  });
}

/** `many` clusters with `different` different changes, most of them with risks of their own. */
export function different(many = 10_000, classes = 5_000): Report {
  const edges = fleetOf(many);
  const names = edges.slice(1).map(({ name }) => name);
  const kinds = ['shrunk', 'deleted', 'switched', 'opened', 'none'] as const;
  const drawn = Array.from({ length: classes }, (_, index) => {
    const clusters = everyNth(names, classes, index);
    return { index, clusters, kind: kinds[index % kinds.length] ?? 'none' };
  });
  const ranks = { shrunk: 0, deleted: 1, switched: 1, opened: 2, none: 3 };
  drawn.sort((a, b) => ranks[a.kind] - ranks[b.kind] || b.clusters.length - a.clusters.length || a.index - b.index);
  return aReport({
    edges,
    classes: drawn.map(({ index, clusters, kind }) => ({
      title: `edge-prometheus: 2 objects changed, 1 restarted`,
      severity: ({ shrunk: 'high', deleted: 'medium', switched: 'medium', opened: 'low', none: 'none' } as const)[kind],
      clusters,
      exemplar: clusters[0] ?? '',
      changes: [
        configMap(`edge-prometheus-${index}`, '30s', `${31 + index}s`),
        ...(kind === 'shrunk' ? [statefulSet] : kind === 'deleted' ? [removedService] : kind === 'opened' ? [addedPolicy] : []),
      ],
    })),
    causes: drawn.map(({ index, clusters }) => ({
      kind: 'inventory' as const,
      what: `The scrape interval of ${clusters[0]} changed.`,
      file: `clusters/${clusters[0]}.ts`,
      line: 9,
      cluster: clusters[0] ?? '',
      field: 'settings.scrapeInterval',
      before: '"30s"',
      after: `"${31 + index}s"`,
      also: clusters.slice(1),
    })),
    risks: drawn
      .filter(({ kind }) => kind !== 'none')
      .map(({ kind, clusters, index }) => {
        const risk = { shrunk, deleted, switched, opened, none: opened }[kind](clusters);
        return risk.object === undefined ? risk : { ...risk, object: `${risk.object}-${index}` };
      }),
  });
}

/** Those at `from`, `from + step` and so on. */
const everyNth = (names: readonly string[], step: number, from: number): string[] => {
  const members: string[] = [];
  for (let at = from; at < names.length; at += step) members.push(names[at] ?? '');
  return members;
};

export const hostileNames = [
  'a|b',
  '`tick``',
  '@org/team',
  'fixes #12, GH-3',
  '--><script>alert(1)</script><!--',
  '</details></summary>',
  '"><img src=x onerror=alert(1)>',
  'emoji 👩‍💻 :tada:',
  'half \ud800 pair',
  '\u001b[31mred\u202edlrow',
  '[link](https://example.org/o/r/issues/1) www.example.org',
  '```\n```mermaid',
  '*bold* _it_ ~~no~~ $x$ <b> &amp; \\|',
  '%% end; subgraph "x"] --> y',
];

/** Every name is one that somebody chose to break the reader with. */
export function hostile(): Report {
  const edges = hostileNames.map((name, index) => ({
    name,
    region: hostileNames[index % 3] ?? '',
    ring: hostileNames[3 + (index % 4)] ?? '',
    option: name,
  }));
  const report = aReport({
    edges,
    base: { kind: 'git', ref: '@org/team#1' },
    classes: hostileNames.map((name) => ({
      title: name,
      severity: 'high' as const,
      clusters: [name],
      exemplar: name,
      changes: [
        {
          change: 'changed' as const,
          object: { apiVersion: name, kind: name, namespace: name, name },
          restarts: true,
          risks: [name],
          diff: `@@ -1 +1 @@\n-a: ${name}\n+b: ${name}\n \`\`\`\`\n`,
        },
      ],
    })),
    causes: hostileNames.map((name) => ({
      kind: 'inventory' as const,
      what: name,
      file: name,
      line: 1,
      cluster: name,
      field: name,
      before: name,
      after: name,
      also: [name],
    })),
    risks: hostileNames.map((name) => ({
      code: name,
      severity: 'high' as const,
      what: name,
      why: name,
      check: name,
      object: name,
      clusters: [name],
    })),
  });
  return { ...report, fleet: hostileNames.join(' ') };
}
