import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { Edge } from '../../scripts/inventory/inventory.ts';
import type { Resource } from '../../scripts/kubernetes/resource.ts';
import { aFleet, type CompiledFleet, compiledFleet } from '../support/fleet.ts';
import {
  allClusters,
  allOverlays,
  clustersOf,
  deliveriesOf,
  everywhere,
  fleetNamed,
  fleets,
  kustomizationOf,
  type OnCluster,
  ofKind,
  renderedFor,
  resourcesAt,
  tally,
  titleOf,
  within,
} from '../support/trees.ts';

type Labels = Readonly<Record<string, string>>;

interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly unknown[];
}

const matches = (selector: Selector | undefined, labels: Labels): boolean => {
  if (selector?.matchExpressions !== undefined) throw new Error('matchExpressions are not read here');
  return Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
};

const place = ({ fleetName, cluster }: OnCluster, resource: Resource) => `${fleetName}: ${cluster}: ${titleOf(resource)}`;

const allDeliveries = () => [...fleets()].flatMap(([name, fleet]) => deliveriesOf(fleet).map((one) => ({ name, fleet, ...one })));

// F16

test('F16 no object is twice in a cluster, in all Applications together; the hub may run in the centre', () => {
  const found = tally();
  for (const [name, fleet] of fleets()) {
    const owners = new Map<string, string>();
    for (const { argocd, application, cluster, objects } of deliveriesOf(fleet)) {
      const target = cluster === 'in-cluster' ? fleet.inventory.central.name : cluster;
      assert.ok(objects.length > 0, `${name}: ${application.metadata.name} syncs nothing`);
      for (const object of objects) {
        const key = `${target} ${titleOf(object)}`;
        const owner = `${argocd}/${application.metadata.name}`;
        found.see(!owners.has(key), () => `${name}: ${key} is in ${owners.get(key)} and ${owner}`);
        owners.set(key, owner);
      }
    }
    const synced = new Set([...owners.keys()].map((key) => key.split(' ')[0]));
    for (const { cluster } of clustersOf(name, fleet)) assert.ok(synced.has(cluster), `${name}: no Application delivers ${cluster}`);
  }
  found.close(1_000);
});

const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const dnsSubdomain = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const labelKey = /^((?=[^/]{1,253}\/)[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

test('F16 names, labels and annotation keys are what Kubernetes admits, the longest ones of the inventory too', () => {
  const found = tally();
  for (const { name, application, objects } of allDeliveries()) {
    found.see(dnsSubdomain.test(application.metadata.name), () => `${name}: Application ${application.metadata.name}`);
    for (const object of [application, ...objects]) {
      const { kind, metadata } = object;
      const here = () => `${name}: ${titleOf(object)}`;
      // The pods of a StatefulSet bear its name and a hash in a label.
      const room = kind === 'StatefulSet' ? 52 : 63;
      const isName = ['Service', 'Namespace', 'StatefulSet', 'Deployment', 'DaemonSet'].includes(kind)
        ? dnsLabel.test(metadata.name) && metadata.name.length <= room
        : dnsSubdomain.test(metadata.name);
      found.see(isName, () => `${here()} is no name of a ${kind}`);
      found.see(metadata.namespace === undefined || dnsLabel.test(metadata.namespace), here);
      for (const { path, value } of within(object)) {
        const [field, parent] = [path.at(-1), path.at(-2)];
        if (field === 'labels' || field === 'matchLabels' || (field === 'selector' && kind === 'Service'))
          for (const [key, label] of Object.entries((value ?? {}) as Labels)) {
            // Labels of a series are not labels of an object, and a template is looked at as the Applications that it becomes.
            if (['staticConfigs', 'groups'].some((list) => path.includes(list)) || ['ThanosRuler', 'ApplicationSet'].includes(kind))
              continue;
            found.see(
              labelKey.test(key) && typeof label === 'string' && labelValue.test(label),
              () => `${here()}: ${path.join('.')}: ${key}: ${label}`,
            );
          }
        if (field === 'annotations' && parent === 'metadata')
          for (const [key, text] of Object.entries(value as Labels))
            found.see(labelKey.test(key) && typeof text === 'string', () => `${here()}: annotation ${key}`);
        if (parent === 'ports') {
          const { name: port } = (value ?? {}) as { name?: string };
          if (port !== undefined) found.see(/^(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/.test(port), () => `${here()}: port ${port}`);
        }
        if (parent === 'containers' || parent === 'volumes')
          found.see(dnsLabel.test((value as { name: string }).name), () => `${here()}: ${path.join('.')}`);
      }
    }
  }
  found.close(10_000);
});

// F17

interface Reference {
  readonly kind: 'ConfigMap' | 'Secret' | 'ServiceAccount' | 'PersistentVolumeClaim';
  readonly name: string;
  readonly key?: string;
}

/** What each field that names another object names; every other field with a name and a key is a mistake of this test. */
const referringFields: Readonly<Record<string, Reference['kind']>> = {
  configMap: 'ConfigMap',
  configMapRef: 'ConfigMap',
  configMapKeyRef: 'ConfigMap',
  secret: 'Secret',
  secretRef: 'Secret',
  secretKeyRef: 'Secret',
  keySecret: 'Secret',
  objectStorageConfig: 'Secret',
  credentials: 'Secret',
  bearerTokenSecret: 'Secret',
  configSecret: 'Secret',
  secretName: 'Secret',
  serviceAccountName: 'ServiceAccount',
  claimName: 'PersistentVolumeClaim',
};

function* referencesOf(resource: Resource): Iterable<Reference> {
  const { spec } = resource as Resource & { spec?: unknown };
  if (resource.kind === 'ExternalSecret') return;
  for (const { path, value } of within(spec)) {
    const field = path.at(-1) ?? '';
    const kind = referringFields[field];
    const record = (typeof value === 'object' && value !== null ? value : {}) as {
      name?: unknown;
      key?: unknown;
      items?: readonly { key: string }[];
      secretName?: string;
    };
    if (kind === undefined) {
      if (typeof record.name === 'string' && typeof record.key === 'string')
        throw new Error(`${titleOf(resource)}: ${path.join('.')} refers to something that is not known here`);
      if (['imagePullSecrets', 'secrets', 'configMaps'].includes(field))
        throw new Error(`${titleOf(resource)}: ${path.join('.')} is not read here`);
      continue;
    }
    if (typeof value === 'string') yield { kind, name: value };
    const name = typeof record.name === 'string' ? record.name : record.secretName;
    if (name === undefined) continue;
    if (typeof record.key === 'string') yield { kind, name, key: record.key };
    else if (record.items === undefined) yield { kind, name };
    else for (const { key } of record.items) yield { kind, name, key };
  }
}

/** The Secrets that a cluster is said to need, with their keys: in the list that travels with it, or as ExternalSecrets. */
function declaredSecrets(rendered: readonly Resource[]): ReadonlyMap<string, readonly string[]> {
  const declared = new Map<string, readonly string[]>();
  for (const { metadata, data } of ofKind<Resource & { data: Labels }>(rendered, 'ConfigMap'))
    if (metadata.name.startsWith('required-secrets'))
      for (const [key, text] of Object.entries(data))
        declared.set(key.replace('.', '/'), /^keys: (.*)$/m.exec(text)?.[1]?.split(', ') ?? []);
  for (const { metadata, spec } of ofKind<Resource & { spec: { target: { name: string }; data: readonly { secretKey: string }[] } }>(
    rendered,
    'ExternalSecret',
  ))
    declared.set(
      `${metadata.namespace}/${spec.target.name}`,
      spec.data.map(({ secretKey }) => secretKey),
    );
  return declared;
}

test('F17 every ConfigMap, Secret and ServiceAccount that is referred to, and every key of it, is rendered or on the list of required Secrets', () => {
  const found = tally();
  for (const overlay of allClusters()) {
    const { rendered } = overlay;
    const secrets = declaredSecrets(rendered);
    const configMaps = new Map(
      ofKind<Resource & { data: Labels }>(rendered, 'ConfigMap').map(({ metadata, data }) => [
        `${metadata.namespace}/${metadata.name}`,
        Object.keys(data),
      ]),
    );
    const accounts = new Map(
      ofKind(rendered, 'ServiceAccount').map(({ metadata }) => [`${metadata.namespace}/${metadata.name}`, [] as readonly string[]]),
    );
    const generated = new Map(
      ofKind(rendered, 'Secret').map(({ metadata }) => [`${metadata.namespace}/${metadata.name}`, [] as readonly string[]]),
    );
    const used = new Set<string>();
    for (const resource of rendered)
      for (const { kind, name, key } of referencesOf(resource)) {
        const id = `${resource.metadata.namespace}/${name}`;
        const keys = {
          ConfigMap: configMaps.get(id),
          Secret: secrets.get(id) ?? generated.get(id),
          ServiceAccount: accounts.get(id),
          PersistentVolumeClaim: undefined,
        }[kind];
        found.see(keys !== undefined, () => `${place(overlay, resource)}: there is no ${kind} ${id}`);
        if (key !== undefined && keys !== undefined)
          found.see(keys.includes(key), () => `${place(overlay, resource)}: ${kind} ${id} has no key ${key}`);
        if (kind === 'Secret') used.add(id);
      }
    for (const id of secrets.keys())
      found.see(used.has(id), () => `${overlay.fleetName}: ${overlay.cluster}: the Secret ${id} is asked for, but nothing uses it`);
    assert.ok(used.size > 0, `${overlay.fleetName}: ${overlay.cluster} uses no Secret`);
  }
  found.close(500);
});

test('F17 every volume that is mounted is a volume or a claim, and every StatefulSet names a headless Service', () => {
  const found = tally();
  for (const overlay of allClusters())
    for (const { resource, spec, claims } of podSpecs(overlay.rendered)) {
      const volumes = new Set([...(spec.volumes ?? []).map(({ name }) => name), ...claims]);
      const mounted = new Set(
        [...(spec.initContainers ?? []), ...spec.containers].flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name)),
      );
      for (const name of mounted) found.see(volumes.has(name), () => `${place(overlay, resource)}: no volume ${name}`);
      for (const name of volumes) found.see(mounted.has(name), () => `${place(overlay, resource)}: nothing mounts ${name}`);
      const { serviceName } = (resource as Resource & { spec: { serviceName?: string } }).spec;
      if (resource.kind === 'StatefulSet')
        found.see(
          overlay.rendered.some(
            ({ kind, metadata, spec: service }: Resource & { spec?: { clusterIP?: string } }) =>
              kind === 'Service' &&
              metadata.name === serviceName &&
              metadata.namespace === resource.metadata.namespace &&
              service?.clusterIP === 'None',
          ),
          () => `${place(overlay, resource)}: no headless Service ${serviceName}`,
        );
    }
  found.close(100);
});

interface Binding extends Resource {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
}

test('F17 every binding names a role that is rendered, and subjects whose namespace is in the output', () => {
  const found = tally();
  for (const overlay of allClusters()) {
    const titles = new Set(
      overlay.rendered.map((resource) => `${resource.kind} ${resource.metadata.namespace ?? '-'}/${resource.metadata.name}`),
    );
    const namespaces = new Set(ofKind(overlay.rendered, 'Namespace').map(({ metadata }) => metadata.name));
    for (const binding of [
      ...ofKind<Binding>(overlay.rendered, 'RoleBinding'),
      ...ofKind<Binding>(overlay.rendered, 'ClusterRoleBinding'),
    ]) {
      const { roleRef, subjects, metadata } = binding;
      const builtIn = roleRef.kind === 'ClusterRole' && roleRef.name.startsWith('system:');
      found.see(
        builtIn || titles.has(`${roleRef.kind} ${roleRef.kind === 'Role' ? metadata.namespace : '-'}/${roleRef.name}`),
        () => `${place(overlay, binding)}: no ${roleRef.kind} ${roleRef.name}`,
      );
      found.see(subjects.length > 0, () => `${place(overlay, binding)} has no subject`);
      for (const { kind, name, namespace } of subjects) {
        if (kind === 'User' || kind === 'Group') continue;
        found.see(
          namespace !== undefined && namespaces.has(namespace),
          () => `${place(overlay, binding)}: namespace ${namespace} of ${name}`,
        );
        found.see(titles.has(`${kind} ${namespace}/${name}`), () => `${place(overlay, binding)}: no ${kind} ${namespace}/${name}`);
      }
    }
    for (const { metadata, kind } of overlay.rendered)
      if (metadata.namespace !== undefined)
        found.see(
          namespaces.has(metadata.namespace),
          () => `${overlay.fleetName}: ${overlay.cluster}: ${kind} ${metadata.name} is in ${metadata.namespace}, which nobody makes`,
        );
  }
  found.close(500);
});

// F18

interface Port {
  readonly name?: string;
  readonly containerPort: number;
}

interface Container {
  readonly name: string;
  readonly image?: string;
  readonly args?: readonly string[];
  readonly ports?: readonly Port[];
  readonly volumeMounts?: readonly { readonly name: string }[];
}

interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly { readonly name: string }[];
}

interface Workload extends Resource {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: Selector;
    readonly template: { readonly metadata: { readonly labels: Labels }; readonly spec: PodSpec };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet'];

const podSpecs = (rendered: readonly Resource[]) =>
  workloadKinds
    .flatMap((kind) => ofKind<Workload>(rendered, kind))
    .map((resource) => ({
      resource,
      spec: resource.spec.template.spec,
      claims: (resource.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name),
    }));

interface Pod {
  readonly owner: Resource;
  readonly namespace: string;
  readonly labels: Labels;
  readonly ports: readonly Port[];
}

/** What the Prometheus operator makes of its kinds: labels and ports by its documentation, in front of what the object says. */
const operatorPods: Readonly<Record<string, { readonly name: string; readonly ports: readonly Port[] }>> = {
  Prometheus: {
    name: 'prometheus',
    ports: [
      { name: 'web', containerPort: 9090 },
      { name: 'grpc', containerPort: 10901 },
      { name: 'http', containerPort: 10902 },
    ],
  },
  Alertmanager: {
    name: 'alertmanager',
    ports: [
      { name: 'web', containerPort: 9093 },
      { name: 'mesh-tcp', containerPort: 9094 },
    ],
  },
  ThanosRuler: {
    name: 'thanos-ruler',
    ports: [
      { name: 'web', containerPort: 10902 },
      { name: 'grpc', containerPort: 10901 },
    ],
  },
};

function podsOf(rendered: readonly Resource[]): readonly Pod[] {
  return rendered.flatMap((owner): readonly Pod[] => {
    const namespace = owner.metadata.namespace ?? '';
    const made = operatorPods[owner.kind];
    if (made !== undefined) {
      const { spec } = owner as Resource & { spec: { podMetadata?: { labels?: Labels } } };
      return [
        {
          owner,
          namespace,
          ports: made.ports,
          labels: {
            'app.kubernetes.io/managed-by': 'prometheus-operator',
            'app.kubernetes.io/name': made.name,
            'app.kubernetes.io/instance': owner.metadata.name,
            ...spec.podMetadata?.labels,
          },
        },
      ];
    }
    if (!workloadKinds.includes(owner.kind)) return [];
    const { spec } = owner as Workload;
    const pod = {
      owner,
      namespace,
      ports: spec.template.spec.containers.flatMap(({ ports = [] }) => ports),
      labels: spec.template.metadata.labels,
    };
    if (owner.kind !== 'StatefulSet') return [pod];
    return Array.from({ length: spec.replicas ?? 1 }, (_, i) => ({
      ...pod,
      labels: { ...pod.labels, 'statefulset.kubernetes.io/pod-name': `${owner.metadata.name}-${i}` },
    }));
  });
}

const hasPort = ({ ports }: Pod, port: string | number): boolean =>
  ports.some(({ name, containerPort }) => port === name || port === containerPort);

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
}

interface Selecting extends Resource {
  readonly spec: {
    readonly selector?: Selector;
    readonly podSelector?: Selector;
    readonly ports?: readonly { readonly name?: string; readonly port: number; readonly targetPort?: string | number }[];
    readonly ingress?: readonly { readonly from?: readonly Peer[]; readonly ports?: readonly { readonly port: string | number }[] }[];
    readonly egress?: readonly { readonly to?: readonly Peer[]; readonly ports?: readonly { readonly port: string | number }[] }[];
    readonly podMetricsEndpoints?: readonly { readonly port: string }[];
    readonly endpoints?: readonly { readonly port: string }[];
  };
}

test('F18 every selector of a Service, PodDisruptionBudget, NetworkPolicy and PodMonitor matches a pod, and every port is one of its pods', () => {
  const found = tally();
  for (const overlay of allClusters()) {
    const pods = podsOf(overlay.rendered);
    const namespaces = new Set(ofKind(overlay.rendered, 'Namespace').map(({ metadata }) => metadata.name));
    assert.ok(pods.length > 1);
    const select = (
      resource: Resource,
      selector: Selector | undefined,
      what: string,
      namespace = resource.metadata.namespace,
    ): readonly Pod[] => {
      const chosen = pods.filter((pod) => pod.namespace === namespace && matches(selector, pod.labels));
      found.see(chosen.length > 0, () => `${place(overlay, resource)}: ${what} matches no pod`);
      return chosen;
    };
    const onPods = (resource: Resource, chosen: readonly Pod[], port: string | number, every = true) =>
      found.see(
        every ? chosen.every((pod) => hasPort(pod, port)) : chosen.some((pod) => hasPort(pod, port)),
        () => `${place(overlay, resource)}: port ${port} is none of ${chosen.map(({ owner }) => titleOf(owner)).join(', ')}`,
      );

    for (const service of ofKind<Resource & { spec: { selector?: Labels; ports: NonNullable<Selecting['spec']['ports']> } }>(
      overlay.rendered,
      'Service',
    )) {
      const { selector, ports } = service.spec;
      assert.ok(ports.length > 0);
      if (selector === undefined) continue;
      const chosen = select(service, { matchLabels: selector }, 'the selector');
      for (const { port, targetPort = port } of ports) onPods(service, chosen, targetPort);
    }
    for (const budget of ofKind<Selecting>(overlay.rendered, 'PodDisruptionBudget')) select(budget, budget.spec.selector, 'the selector');
    for (const monitor of ofKind<Selecting>(overlay.rendered, 'PodMonitor')) {
      const chosen = select(monitor, monitor.spec.selector, 'the selector');
      for (const { port } of monitor.spec.podMetricsEndpoints ?? []) onPods(monitor, chosen, port);
    }
    for (const policy of ofKind<Selecting>(overlay.rendered, 'NetworkPolicy')) {
      const own = select(policy, policy.spec.podSelector, 'podSelector');
      const peersOf = (peers: readonly Peer[], what: string): readonly Pod[] =>
        peers.flatMap(({ podSelector, namespaceSelector }) => {
          const namespace =
            namespaceSelector === undefined ? policy.metadata.namespace : namespaceSelector.matchLabels?.['kubernetes.io/metadata.name'];
          // A peer in a namespace of somebody else, such as that of DNS, is not ours to know.
          return podSelector === undefined || namespace === undefined || !namespaces.has(namespace)
            ? []
            : select(policy, podSelector, what, namespace);
        });
      for (const { from = [], ports = [] } of policy.spec.ingress ?? []) {
        peersOf(from, 'a peer of ingress');
        for (const { port } of ports) if (!isGossip(policy, port)) onPods(policy, own, port);
      }
      for (const { to = [], ports = [] } of policy.spec.egress ?? []) {
        const peers = peersOf(to, 'a peer of egress');
        if (peers.length > 0) for (const { port } of ports) if (!isGossip(policy, port)) onPods(policy, peers, port, false);
      }
    }
    for (const { resource, spec } of podSpecs(overlay.rendered))
      for (const container of spec.containers)
        for (const { path, value } of within(container))
          if (path.at(-1) === 'port' && /Probe$|lifecycle/.test(path[0] ?? ''))
            found.see(
              (container.ports ?? []).some(({ name, containerPort }) => value === name || value === containerPort),
              () => `${place(overlay, resource)}: ${container.name}: ${path.join('.')}: ${String(value)}`,
            );
    for (const { resource } of podSpecs(overlay.rendered))
      for (const { path, value } of within((resource as Workload).spec))
        if (path.at(-1) === 'labelSelector' || (path.length === 1 && path[0] === 'selector'))
          found.see(
            matches(value as Selector, (resource as Workload).spec.template.metadata.labels),
            () => `${place(overlay, resource)}: ${path.join('.')} is not of its own pods`,
          );
  }
  found.close(1_000);
});

/** Alertmanager gossips over UDP too, on the port of mesh-tcp. */
const isGossip = ({ metadata }: Resource, port: string | number): boolean => metadata.name === 'alertmanager' && port === 9094;

interface Operated extends Resource {
  readonly spec: Readonly<Record<string, Selector | undefined>>;
}

test('F18 every monitor, scrape configuration and rule is taken by exactly one Prometheus or Ruler, and each of their selectors finds something', () => {
  const found = tally();
  const selectors = [
    ['ScrapeConfig', 'Prometheus', 'scrapeConfigSelector'],
    ['ServiceMonitor', 'Prometheus', 'serviceMonitorSelector'],
    ['PodMonitor', 'Prometheus', 'podMonitorSelector'],
    ['PrometheusRule', 'Prometheus', 'ruleSelector'],
    ['PrometheusRule', 'ThanosRuler', 'ruleSelector'],
  ] as const;
  for (const overlay of allClusters()) {
    for (const kind of new Set(selectors.map(([first]) => first)))
      for (const resource of ofKind(overlay.rendered, kind)) {
        const takers = selectors.flatMap(([of, by, field]) =>
          of === kind
            ? ofKind<Operated>(overlay.rendered, by).filter(
                ({ spec }) => spec[field] !== undefined && matches(spec[field], resource.metadata.labels ?? {}),
              )
            : [],
        );
        found.see(
          takers.length === 1,
          () => `${place(overlay, resource)} is taken by ${takers.length === 0 ? 'nothing' : takers.map(titleOf).join(' and ')}`,
        );
      }
    for (const monitor of ofKind<Selecting>(overlay.rendered, 'ServiceMonitor')) {
      const services = ofKind<Selecting>(overlay.rendered, 'Service').filter(
        ({ metadata }) => metadata.namespace === monitor.metadata.namespace && matches(monitor.spec.selector, metadata.labels ?? {}),
      );
      found.see(services.length > 0, () => `${place(overlay, monitor)}: the selector matches no Service`);
      for (const { port } of monitor.spec.endpoints ?? [])
        found.see(
          services.every(({ spec }) => spec.ports?.some(({ name }) => name === port) === true),
          () => `${place(overlay, monitor)}: port ${port}`,
        );
    }
    for (const slice of ofKind<Resource & { ports: readonly { name: string; port: number }[] }>(overlay.rendered, 'EndpointSlice')) {
      const service = ofKind<Selecting>(overlay.rendered, 'Service').find(
        ({ metadata }) =>
          metadata.name === slice.metadata.labels?.['kubernetes.io/service-name'] && metadata.namespace === slice.metadata.namespace,
      );
      found.see(
        service !== undefined &&
          slice.ports.every(({ name, port }) => service.spec.ports?.some((one) => one.name === name && one.port === port)),
        () => `${place(overlay, slice)} is of no Service`,
      );
    }
  }
  found.close(100);
});

// F19

const kilobytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value)) / 1024;

test('F19 objects are small enough for a client-side apply or say that they need none, and an Application holds at most 300', () => {
  const found = tally();
  for (const { name, application, objects } of allDeliveries()) {
    found.see(objects.length > 0 && objects.length <= 300, () => `${name}: ${application.metadata.name} holds ${objects.length} objects`);
    const serverSide = application.spec.syncPolicy?.syncOptions?.includes('ServerSideApply=true') === true;
    for (const object of objects) {
      const own = object.metadata.annotations?.['argocd.argoproj.io/sync-options']?.split(',').includes('ServerSideApply=true') === true;
      found.see(kilobytes(object) <= (serverSide || own ? 1024 : 200), () => `${name}: ${titleOf(object)} has ${kilobytes(object)} KiB`);
      if (object.kind === 'ConfigMap')
        found.see(kilobytes((object as Resource & { data?: unknown }).data ?? {}) < 1024, () => `${name}: ${titleOf(object)}`);
    }
  }
  found.close(1_000);
});

// F20

const credentials: readonly (readonly [string, RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE)-----/],
  ['a JSON web token', /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/],
  ['a bearer token', /bearer[ _-]?token["']?\s*:\s*["']?[^\s"'{]/i],
  ['an authorization header', /\bBearer [A-Za-z0-9._-]{16,}/],
  ['a password', /\b(password|passwd|secret_key|access_key|client_secret)["']?\s*:\s*["']?[^\s"'{]/i],
  ['a key of a cloud', /\b(AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a URL with a password', /:\/\/[^/\s:@]+:[^/\s@]+@/],
  ['an insecure cluster connection', /\binsecure["']?\s*:\s*true/],
  ['a generated Secret', /\bsecretGenerator\b/],
  ['a cluster Secret', /kind: Secret\b[\s\S]{0,400}argocd\.argoproj\.io\/secret-type/],
];

test('F20 the patterns of this test see what they are for', () => {
  for (const text of [
    '-----BEGIN RSA PRIVATE KEY-----',
    'token: eyJhbGciOiJSUzI1NiIs.eyJpc3MiOiJrdWJlcm5l',
    'bearer_token: abc',
    '"bearerToken": "abc"',
    'Authorization: Bearer abcdefghijklmnopqrst',
    'password: hunter2',
    '  secret_key: abc',
    'AKIAIOSFODNN7EXAMPLE',
    'https://user:password@git.example/fleet.git',
    '{"tlsClientConfig":{"insecure":true}}',
    'secretGenerator:',
    'kind: Secret\nmetadata:\n  labels:\n    argocd.argoproj.io/secret-type: cluster',
  ])
    assert.ok(
      credentials.some(([, pattern]) => pattern.test(text)),
      text,
    );
});

test('F20 no Secret holds a byte, no kustomization generates one, and nothing in the output looks like a credential', () => {
  const found = tally();
  for (const [name, { tree }] of fleets()) {
    for (const [path, text] of tree)
      for (const [what, pattern] of credentials)
        found.see(
          path.startsWith('generated/types/') || !pattern.test(text),
          () => `${name}: ${path} holds ${what}: ${pattern.exec(text)?.[0]}`,
        );
    for (const object of resourcesAt(tree, (path) => path.endsWith('.yaml') && !/kustomization\.yaml$|\/params\//.test(path)))
      found.see(object.kind !== 'Secret' || !('data' in object || 'stringData' in object), () => `${name}: ${titleOf(object)} holds bytes`);
  }
  found.close(5_000);
});

test('F20 a cluster is registered by an ExternalSecret whose credentials come from the store', () => {
  const { tree, inventory } = fleetNamed('secret store');
  const registrations = resourcesAt(tree, (path) => path.startsWith('generated/argocd/clusters/')) as readonly (Resource & {
    spec: { target: { template: { metadata: { labels: Labels }; data: Labels } }; data: readonly { secretKey: string }[] };
  })[];
  assert.is(registrations.length, inventory.edges.length + 1);
  for (const { kind, spec } of registrations) {
    assert.is(kind, 'ExternalSecret');
    const { labels } = spec.target.template.metadata;
    assert.is(labels['argocd.argoproj.io/secret-type'], 'cluster');
    const { name, server, config, ...others } = spec.target.template.data;
    assert.equal(others, {});
    assert.is(server, `https://${name}.example:6443`);
    assert.is(config, '{{ .config }}');
    assert.equal(
      spec.data.map(({ secretKey }) => secretKey),
      ['config'],
    );
  }
});

test('F20 a certificate goes unchecked only where the inventory says so', () => {
  const found = tally();
  let unsafe = 0;
  for (const { fleetName, fleet, cluster, rendered } of allClusters()) {
    const text = JSON.stringify(rendered);
    const skips = /insecure_skip_verify\W+true|insecureSkipVerify\W+true/.test(text);
    const { central, edges } = fleet.inventory;
    const allowed =
      cluster === central.name
        ? edges.some(({ option, kubelet }) => option === 'remote-scrape' && kubelet.unsafeSkipVerify)
        : edges.some(({ name, kubelet }) => name === cluster && kubelet.unsafeSkipVerify);
    if (allowed) unsafe += 1;
    found.see(!skips || allowed, () => `${fleetName}: ${cluster} checks no certificate`);
  }
  assert.ok(unsafe > 0);
  found.close(20);
});

// F21

const commands = (rendered: readonly Resource[]) =>
  podSpecs(rendered).flatMap(({ resource, spec }) =>
    spec.containers.map((container) => ({ resource, image: container.image ?? '', args: container.args ?? [], name: container.name })),
  );

const isPrometheus = ({ image }: { readonly image: string }) => /\/prometheus:/.test(image);

interface Configuration {
  readonly global: { readonly external_labels: Labels };
  readonly remote_write?: readonly { readonly url: string }[];
}

const configurationsOf = (rendered: readonly Resource[]): readonly Configuration[] =>
  ofKind<Resource & { data: Labels }>(rendered, 'ConfigMap').flatMap(({ data }) =>
    data['prometheus.yml'] === undefined ? [] : [parse(data['prometheus.yml']) as Configuration],
  );

const eachEdge = () =>
  [...fleets()].flatMap(([name, fleet]) =>
    fleet.inventory.edges.map((edge) => ({
      name,
      fleet,
      edge,
      rendered: fleet.rendered.get(edge.name) ?? [],
      here: `${name}: ${edge.name} (${edge.option})`,
    })),
  );

test('F21 a remote-scrape edge runs exporters and no Prometheus; a prometheus-agent edge an agent that writes to the centre; a thanos-sidecar edge a Prometheus with its sidecar', () => {
  const seen = new Map<Edge['option'], number>();
  for (const { fleet, edge, rendered, here } of eachEdge()) {
    seen.set(edge.option, (seen.get(edge.option) ?? 0) + 1);
    const containers = commands(rendered);
    const prometheus = containers.filter(isPrometheus);
    const thanos = containers.filter(({ image }) => /\/thanos:/.test(image));
    const configurations = configurationsOf(rendered);
    assert.ok(
      containers.some(({ image }) => image.includes('node-exporter')) &&
        containers.some(({ image }) => image.includes('kube-state-metrics')),
      here,
    );
    assert.equal(
      rendered.filter(({ apiVersion }) => apiVersion.startsWith('monitoring.coreos.com')),
      [],
      `${here}: no operator is on an edge`,
    );
    if (edge.option === 'remote-scrape') assert.equal([prometheus, thanos, configurations], [[], [], []], here);
    else {
      assert.is(prometheus.length, 1, here);
      assert.is(configurations.length, 1, here);
      const isAgent = prometheus[0]?.args.includes('--agent') === true;
      const urls = (configurations[0]?.remote_write ?? []).map(({ url }) => url);
      if (edge.option === 'prometheus-agent') {
        assert.ok(isAgent, here);
        assert.ok(fleet.inventory.central.receive?.url);
        assert.equal(urls, [fleet.inventory.central.receive?.url], here);
        assert.equal(thanos, [], here);
      } else {
        assert.not(isAgent, here);
        assert.equal(urls, [], here);
        assert.is(thanos.length, 1, here);
        assert.is(thanos[0]?.args[0], 'sidecar', here);
        assert.is(thanos[0]?.resource, prometheus[0]?.resource, `${here}: not in one pod`);
      }
    }
  }
  for (const option of ['remote-scrape', 'prometheus-agent', 'thanos-sidecar'] as const) assert.ok((seen.get(option) ?? 0) > 3, option);
});

test('F21 the external labels of every Prometheus, with what its pod puts in, are unique in the fleet', () => {
  const found = tally();
  for (const [name, fleet] of fleets()) {
    const sets = new Set<string>();
    for (const { cluster, rendered } of clustersOf(name, fleet)) {
      const identity =
        ofKind<Resource & { data: Labels }>(rendered, 'ConfigMap').find(({ metadata }) => metadata.name === 'cluster-identity')?.data ?? {};
      for (const { global } of configurationsOf(rendered)) {
        const labels = Object.fromEntries(
          Object.entries(global.external_labels).map(([key, value]) => [
            key,
            value.replace(/\$\{(\w+)\}/g, (whole, variable: string) => identity[variable] ?? whole),
          ]),
        );
        const replica = Object.values(labels).filter((value) => value.includes('${'));
        found.see(labels.cluster === cluster, () => `${name}: ${cluster}: external label cluster is ${labels.cluster}`);
        // Only the pod's own name is left to the pod.
        found.see(replica.length === 1 && replica[0] === '${POD_NAME}', () => `${name}: ${cluster}: ${JSON.stringify(labels)}`);
        const key = JSON.stringify(Object.entries(labels).sort());
        found.see(!sets.has(key), () => `${name}: ${cluster}: ${key} is taken`);
        sets.add(key);
      }
    }
  }
  found.close(30);
});

// F22

/** Addresses that the centre scrapes, by cluster, job and path: a list, so that an address that is there twice is there twice. */
function scraped(fleet: CompiledFleet): ReadonlyMap<string, readonly string[]> {
  const rendered = renderedFor(fleet, fleet.inventory.central.name);
  const targets = new Map<string, string[]>();
  const add = (key: string, address: string) => targets.set(key, [...(targets.get(key) ?? []), address]);
  interface ScrapeConfig extends Resource {
    readonly spec: {
      readonly jobName: string;
      readonly metricsPath: string;
      readonly staticConfigs: readonly { readonly targets: readonly string[]; readonly labels: Labels }[];
    };
  }
  for (const { spec } of ofKind<ScrapeConfig>(rendered, 'ScrapeConfig'))
    for (const { targets: addresses, labels } of spec.staticConfigs)
      for (const address of addresses) add(`${labels.cluster} ${spec.jobName} ${spec.metricsPath}`, address);
  interface Slice extends Resource {
    readonly ports: readonly { readonly port: number }[];
    readonly endpoints: readonly { readonly addresses: readonly string[] }[];
  }
  interface Monitor extends Resource {
    readonly spec: { readonly selector: Selector; readonly jobLabel: string; readonly endpoints: readonly { readonly path: string }[] };
  }
  for (const { spec } of ofKind<Monitor>(rendered, 'ServiceMonitor'))
    for (const slice of ofKind<Slice>(rendered, 'EndpointSlice').filter(({ metadata }) => matches(spec.selector, metadata.labels ?? {})))
      for (const { path } of spec.endpoints)
        for (const { addresses } of slice.endpoints)
          for (const address of addresses)
            add(
              `${slice.metadata.labels?.cluster} ${slice.metadata.labels?.[spec.jobLabel]} ${path}`,
              address.includes(':') ? `[${address}]:${slice.ports[0]?.port}` : `${address}:${slice.ports[0]?.port}`,
            );
  return targets;
}

test('F22 the centre scrapes every node of every remote-scrape edge exactly once per job and path, and nothing else', () => {
  let edges = 0;
  for (const [name, fleet] of fleets()) {
    const want = new Map<string, readonly string[]>();
    for (const edge of fleet.inventory.edges) {
      if (edge.option !== 'remote-scrape') continue;
      edges += 1;
      const on = (port: number, nodes: readonly { address: string }[] = edge.nodes) =>
        nodes.map(({ address }) => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`)).sort();
      want.set(`${edge.name} node-exporter /metrics`, on(9100));
      want.set(`${edge.name} kubelet /metrics`, on(10250));
      want.set(`${edge.name} kubelet /metrics/cadvisor`, on(10250));
      const chosen = edge.settings.kubeStateMetrics.node ?? edge.nodes[0]?.name;
      want.set(
        `${edge.name} kube-state-metrics /metrics`,
        on(
          30443,
          edge.nodes.filter((node) => node.name === chosen),
        ),
      );
    }
    const got = new Map([...scraped(fleet)].map(([key, addresses]) => [key, [...addresses].sort()]));
    assert.equal(
      [...got].sort(([a], [b]) => (a < b ? -1 : 1)),
      [...want].sort(([a], [b]) => (a < b ? -1 : 1)),
      name,
    );
  }
  assert.ok(edges > 10);
});

test('F22 Query asks every sidecar of every thanos-sidecar edge exactly once, by the name in its certificate', () => {
  let edges = 0;
  for (const [name, fleet] of fleets()) {
    const rendered = renderedFor(fleet, fleet.inventory.central.name);
    const file =
      ofKind<Resource & { data: Labels }>(rendered, 'ConfigMap').find(({ metadata }) => metadata.name === 'query-endpoints')?.data[
        'endpoints.yaml'
      ] ?? '';
    const { endpoints } = parse(file) as { endpoints: readonly { address: string; client_config?: { server_name?: string } }[] };
    const got = endpoints
      .filter(({ address }) => !address.startsWith('dns'))
      .map(({ address, client_config }) => `${address} ${client_config?.server_name}`);
    const want = fleet.inventory.edges.flatMap((edge) => {
      if (edge.option !== 'thanos-sidecar') return [];
      edges += 1;
      const { replicas, endpoints: said, serverName = `thanos-sidecar.${edge.name}` } = edge.settings;
      const host = edge.nodes[0]?.address ?? '';
      return (said ?? Array.from({ length: replicas }, (_, i) => `${host.includes(':') ? `[${host}]` : host}:${30901 + i}`)).map(
        (address) => `${address} ${serverName}`,
      );
    });
    assert.equal([...got].sort(), [...want].sort(), name);
  }
  assert.ok(edges > 5);
});

test('F22 nothing of a removed edge is left: not its name, not an address, on any option', () => {
  for (const removed of everywhere.clusters.filter((cluster) => cluster.role === 'edge') as unknown as readonly {
    name: string;
    nodes: readonly { name: string; address: string }[];
  }[]) {
    const words = [removed.name, ...removed.nodes.flatMap(({ name, address }) => [name, address])];
    const holds = (text: string, word: string) => new RegExp(`(^|[^a-z0-9.-])${word.replaceAll('.', '\\.')}([^a-z0-9.]|$)`, 'm').test(text);
    const left = (fleet: CompiledFleet) =>
      [...fleet.tree].flatMap(([path, text]) =>
        words.filter((word) => holds(text, word) || path.split('/').includes(word)).map((word) => `${path}: ${word}`),
      );
    assert.ok(left(fleetNamed('two regions and two rings')).length > 2, `${removed.name} is nowhere`);
    const without = compiledFleet(
      aFleet(
        everywhere.clusters.filter(({ name }) => name !== removed.name),
        everywhere.fleet,
      ),
    );
    assert.equal(left(without), []);
    assert.not(without.rendered.has(removed.name));
  }
});

// F32

const waveOf = ({ metadata }: Resource): unknown => metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? '0';

test('F32 sync waves are strings of whole numbers, at most five in an Application, with access before workloads', () => {
  const found = tally();
  let annotated = 0;
  for (const { name, application, objects } of allDeliveries()) {
    const here = `${name}: ${application.metadata.name}`;
    for (const object of objects) {
      const wave = waveOf(object);
      if (wave !== '0') annotated += 1;
      found.see(
        typeof wave === 'string' && /^(0|-?[1-9]\d*)$/.test(wave),
        () => `${here}: ${titleOf(object)}: wave ${JSON.stringify(wave)}`,
      );
    }
    const waves = (kinds: readonly string[]) => objects.filter(({ kind }) => kinds.includes(kind)).map((object) => Number(waveOf(object)));
    found.see(new Set(objects.map(waveOf)).size <= 5, () => `${here} has ${new Set(objects.map(waveOf)).size} waves`);
    const access = waves(['ServiceAccount', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);
    const workloads = waves([...workloadKinds, ...Object.keys(operatorPods)]);
    found.see(
      Math.max(...access, -1_000) <= Math.min(...workloads, 1_000),
      () => `${here}: access in wave ${Math.max(...access)} after a workload in ${Math.min(...workloads)}`,
    );
    found.see(
      Math.max(...waves(['Namespace']), -1_000) <= Math.min(...objects.map((object) => Number(waveOf(object)))),
      () => `${here}: something comes before its Namespace`,
    );
    if (objects.some(({ kind }) => workloadKinds.includes(kind))) found.see(access.length > 0 && workloads.length > 0, () => here);
  }
  assert.ok(annotated > 500);
  found.close(1_000);
});

test('F32 there are no CustomResourceDefinitions: whoever runs the operators brings theirs', () => {
  const found = tally();
  for (const { name, application, objects } of allDeliveries())
    for (const { kind } of objects) found.see(kind !== 'CustomResourceDefinition', () => `${name}: ${application.metadata.name}`);
  found.close(1_000);
});

// F33

test('F33 a namespace is a manifest and nothing else: no Application creates it or gives it metadata', () => {
  const found = tally();
  for (const { name, fleet, application, cluster, objects } of allDeliveries()) {
    const { syncPolicy, destination } = application.spec;
    const manifests = ofKind(objects, 'Namespace').map(({ metadata }) => metadata.name);
    const creates =
      syncPolicy?.syncOptions?.some((option) => option.startsWith('CreateNamespace=true')) === true ||
      syncPolicy?.managedNamespaceMetadata !== undefined;
    found.see(
      !creates || !manifests.includes(destination.namespace ?? ''),
      () => `${name}: ${application.metadata.name}: ${destination.namespace} is made twice`,
    );
    // One of the two has to be.
    if (application.spec.source?.path?.startsWith('overlays/') === true)
      found.see(
        creates || ofKind(renderedFor(fleet, cluster), 'Namespace').some(({ metadata }) => metadata.name === destination.namespace),
        () => `${name}: ${application.metadata.name}: nobody makes ${destination.namespace}`,
      );
  }
  found.close(100);
});

test('F33 the namespace that an Application defaults to is the one of its objects, and no other Application has the same', () => {
  const found = tally();
  for (const { fleetName, cluster, rendered } of allClusters()) {
    const names = ofKind(rendered, 'Namespace').map(({ metadata }) => metadata.name);
    found.see(new Set(names).size === names.length && names.length > 0, () => `${fleetName}: ${cluster}: ${names.join(' ')}`);
  }
  for (const { fleetName, fleet, dir } of allOverlays())
    found.see(!('namespace' in kustomizationOf(fleet.tree, dir)), () => `${fleetName}: ${dir}`);
  found.close();
});

test.run();
