import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { everyOption, find, partsOf, pods, resourcesOf, type Yaml } from './example.ts';

const resources = resourcesOf(everyOption);
const operated = [
  find(resources, 'Prometheus', 'central'),
  find(resources, 'ThanosRuler', 'central'),
  find(resources, 'Alertmanager', 'central'),
];

test('G2 every Secret that a pod mounts is in the list of its part, and its key too', () => {
  for (const part of partsOf(everyOption))
    for (const { name, template } of pods(part.resources))
      for (const volume of template.spec.volumes ?? [])
        if (volume.secret !== undefined)
          assert.ok(
            part.secrets.some((secret) => secret.name === volume.secret.secretName),
            `${name}: ${volume.name}`,
          );
});

test('G3 every workload runs under a ServiceAccount of its own part that mounts no token by itself', () => {
  for (const part of partsOf(everyOption))
    for (const resource of part.resources) {
      const { spec } = resource as Yaml;
      const account: string | undefined = spec?.serviceAccountName ?? spec?.template?.spec?.serviceAccountName;
      if (account !== undefined) assert.is(find(part.resources, 'ServiceAccount', account).automountServiceAccountToken, false);
    }
});

test('only Prometheus, which discovers pods, mounts a token', () => {
  for (const { name, template } of pods(resources)) assert.is(template.spec.automountServiceAccountToken, false, name);
  assert.is(find(resources, 'Alertmanager', 'central').spec.automountServiceAccountToken, false);
  assert.is(find(resources, 'Prometheus', 'central').spec.automountServiceAccountToken, true);
});

test('G4 every image bears a version', () => {
  const images = [
    ...pods(resources).flatMap(({ template }) => template.spec.containers.map(({ image }: Yaml) => image)),
    ...operated.map(({ spec }) => spec.image),
  ];
  assert.ok(images.length > 8);
  for (const image of images) assert.match(image, /^[a-z.]+\/[a-z/-]+:v\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?$/);
});

test('G5 every pod and container is hardened, probed and limited', () => {
  for (const { name, template } of pods(resources)) {
    const { securityContext, containers } = template.spec;
    assert.is(securityContext.runAsNonRoot, true, name);
    assert.ok(securityContext.runAsUser > 0, name);
    assert.equal(securityContext.seccompProfile, { type: 'RuntimeDefault' }, name);
    for (const container of containers) {
      assert.equal(
        container.securityContext,
        { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        name,
      );
      assert.ok(container.readinessProbe?.httpGet && container.livenessProbe?.httpGet, name);
      assert.ok(container.resources.requests.cpu && container.resources.requests.memory && container.resources.limits.memory, name);
    }
  }
  for (const { kind, spec } of operated) {
    assert.is(spec.securityContext.runAsNonRoot, true, kind);
    assert.equal(spec.securityContext.seccompProfile, { type: 'RuntimeDefault' }, kind);
    assert.ok(spec.resources.requests.cpu && spec.resources.requests.memory && spec.resources.limits.memory, kind);
  }
});

test('G5 containers to which the operator gives no probes get them from us', () => {
  for (const [kind, container] of [
    ['Prometheus', 'thanos-sidecar'],
    ['ThanosRuler', 'thanos-ruler'],
  ] as const) {
    const [patch] = find(resources, kind, 'central').spec.containers;
    assert.is(patch.name, container);
    assert.is(patch.readinessProbe.httpGet.path, '/-/ready');
    assert.is(patch.livenessProbe.httpGet.path, '/-/healthy');
  }
});

test('every probe asks a port that its container has', () => {
  for (const { name, template } of pods(resources))
    for (const { ports, readinessProbe, livenessProbe } of template.spec.containers)
      for (const probe of [readinessProbe, livenessProbe])
        assert.ok(
          ports.some((port: Yaml) => port.name === probe.httpGet.port),
          name,
        );
});

test('G6 every pod with a volume of its own sets the group of its files', () => {
  const owners = resources.filter(
    ({ spec }: Yaml) => spec?.volumeClaimTemplates !== undefined || spec?.template?.spec?.volumes?.some(({ ephemeral }: Yaml) => ephemeral),
  ) as Yaml[];
  assert.is(owners.length, 3);
  for (const { spec } of owners) assert.is(spec.template.spec.securityContext.fsGroup, spec.template.spec.securityContext.runAsUser);
  for (const { spec } of operated) assert.is(spec.securityContext.fsGroup, spec.securityContext.runAsUser);
});

test('G7 the namespace admits restricted pods only, and Argo CD never deletes it', () => {
  const { labels, annotations } = find(resources, 'Namespace', 'metrics-central').metadata;
  for (const mode of ['enforce', 'audit', 'warn']) assert.is(labels[`pod-security.kubernetes.io/${mode}`], 'restricted');
  assert.is(annotations['argocd.argoproj.io/sync-options'], 'Prune=false,Delete=false');
});

test('G8 the only rights are to find pods, Services and their slices in one namespace', () => {
  const rbac = resources.filter(({ apiVersion }) => apiVersion.startsWith('rbac.'));
  assert.equal(
    rbac.map(({ kind }) => kind),
    ['Role', 'RoleBinding'],
  );
  assert.equal(find(resources, 'Role', 'prometheus').rules, [
    { apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch'] },
  ]);
});

test('G12 a disruption budget stands where there is more than one replica, and nowhere else', () => {
  const budgeted = resources.filter(({ kind }) => kind === 'PodDisruptionBudget').map(({ metadata }) => metadata.name);
  const several = [
    ...pods(resources)
      .filter(({ replicas }) => replicas > 1)
      .map(({ name }) => name),
    'prometheus',
    'thanos-ruler',
    'alertmanager',
  ];
  assert.equal([...budgeted].sort(), several.sort());
  const single = resourcesOf({
    ...everyOption,
    central: {
      ...everyOption.central,
      prometheus: { ...everyOption.central.prometheus, replicas: 1 },
      query: { replicas: 1 },
      alertmanager: { ...everyOption.central.alertmanager, replicas: 1 },
    },
  });
  assert.equal(
    single
      .filter(({ kind }) => kind === 'PodDisruptionBudget')
      .map(({ metadata }) => metadata.name)
      .sort(),
    ['alert-gateway', 'receive-ingestor', 'receive-router', 'store-gateway', 'thanos-ruler'],
  );
});

test('G29 the load balancer exposes remote write and nothing else', () => {
  const exposed = resources.filter((resource) => ['LoadBalancer', 'NodePort'].includes((resource as Yaml).spec?.type)) as Yaml[];
  assert.equal(
    exposed.map(({ metadata, spec }) => [metadata.name, spec.type, spec.ports.map(({ targetPort }: Yaml) => targetPort)]),
    [
      ['receive-router', 'LoadBalancer', ['remote-write']],
      ['alert-gateway', 'NodePort', ['https']],
    ],
  );
});

test('F18 every selector finds the pods of a workload, and every port of a Service or PodMonitor is one of theirs', () => {
  const operatedPods = operated.map(({ kind, spec }) => ({
    labels: spec.podMetadata.labels,
    // What the operator names: pkg/prometheus/server/statefulset.go, pkg/thanos/statefulset.go, pkg/alertmanager/statefulset.go.
    ports: { Prometheus: ['web', 'http', 'grpc'], ThanosRuler: ['web', 'grpc'], Alertmanager: ['web'] }[kind as string] ?? [],
  }));
  const all = [
    ...operatedPods,
    ...pods(resources).map(({ template }) => ({
      labels: template.metadata.labels,
      ports: template.spec.containers.flatMap(({ ports }: Yaml) => ports.map(({ name }: Yaml) => name)),
    })),
  ];
  const found = (wanted: Record<string, string>) =>
    all.filter(({ labels }) => Object.entries(wanted).every(([key, value]) => labels[key] === value));
  for (const { kind, metadata, spec } of resources as Yaml[]) {
    const where = `${kind} ${metadata.name}`;
    if (kind === 'Service') {
      const targets = found(spec.selector);
      assert.is(targets.length, 1, where);
      for (const { targetPort } of spec.ports) assert.ok(targets[0]?.ports.includes(targetPort), where);
    }
    if (kind === 'PodMonitor') {
      const targets = found(spec.selector.matchLabels);
      assert.is(targets.length, 1, where);
      for (const { port } of spec.podMetricsEndpoints) assert.ok(targets[0]?.ports.includes(port), where);
    }
    if (kind === 'PodDisruptionBudget') assert.is(found(spec.selector.matchLabels).length, 1, where);
    if (kind === 'NetworkPolicy' && spec.podSelector.matchLabels !== undefined) {
      assert.is(found(spec.podSelector.matchLabels).length, 1, where);
      const peers = [
        ...(spec.ingress ?? []).flatMap(({ from }: Yaml) => from ?? []),
        ...(spec.egress ?? []).flatMap(({ to }: Yaml) => to ?? []),
      ];
      for (const { podSelector, namespaceSelector } of peers)
        if (podSelector?.matchLabels !== undefined && namespaceSelector === undefined)
          assert.is(found(podSelector.matchLabels).length, 1, `${where}: ${JSON.stringify(podSelector)}`);
    }
  }
});

test('every workload has a network policy, and what one may reach lets it in', () => {
  const policies = resources.filter(({ kind }) => kind === 'NetworkPolicy') as Yaml[];
  const of = (name: string): Yaml => find(policies, 'NetworkPolicy', name).spec;
  const selects = (peer: Yaml, name: string) =>
    peer.namespaceSelector === undefined &&
    peer.podSelector !== undefined &&
    (peer.podSelector.matchLabels?.['app.kubernetes.io/name'] ?? name) === name;
  const names = policies.map(({ metadata }) => metadata.name).filter((name) => !['default-deny', 'allow-dns'].includes(name));
  for (const { name } of pods(resources)) assert.ok(names.includes(name), name);
  for (const from of names)
    for (const rule of of(from).egress)
      for (const peer of rule.to ?? [])
        if (peer.podSelector?.matchLabels !== undefined && peer.namespaceSelector === undefined) {
          const to = peer.podSelector.matchLabels['app.kubernetes.io/name'];
          for (const port of rule.ports)
            assert.ok(
              of(to).ingress.some(
                (allowed: Yaml) =>
                  (allowed.from === undefined || allowed.from.some((source: Yaml) => selects(source, from))) &&
                  allowed.ports.some((open: Yaml) => open.port === port.port && open.protocol === port.protocol),
              ),
              `${from} -> ${to}:${port.port}`,
            );
        }
});

test('every component lets the central Prometheus read its metrics', () => {
  const ports: Record<string, readonly number[]> = { alertmanager: [9093], prometheus: [9090, 10902] };
  const out = find(resources, 'NetworkPolicy', 'prometheus').spec.egress.find(({ to }: Yaml) => to?.[0].podSelector);
  assert.equal(out.to, [{ podSelector: {} }]);
  for (const { metadata } of resources.filter(({ kind }) => kind === 'PodMonitor')) {
    const { ingress } = find(resources, 'NetworkPolicy', metadata.name).spec;
    for (const port of ports[metadata.name] ?? [10902]) {
      assert.ok(
        out.ports.some((open: Yaml) => open.port === port),
        `prometheus -> ${port}`,
      );
      assert.ok(
        ingress.some(
          (rule: Yaml) =>
            rule.ports.some((open: Yaml) => open.port === port) &&
            rule.from.some((peer: Yaml) => peer.podSelector?.matchLabels?.['app.kubernetes.io/name'] === 'prometheus'),
        ),
        `${metadata.name}:${port}`,
      );
    }
  }
});

test('the namespace is closed in both directions, but for DNS', () => {
  assert.equal(find(resources, 'NetworkPolicy', 'default-deny').spec, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  const { egress, policyTypes } = find(resources, 'NetworkPolicy', 'allow-dns').spec;
  assert.equal(policyTypes, ['Egress']);
  assert.ok(egress.every((rule: Yaml) => rule.ports.every(({ port }: Yaml) => port === 53)));
});

test('F32 sync waves are strings, in the order access, config, workloads, monitors', () => {
  const waveOf = (kind: string) =>
    new Set(
      resources.filter((resource) => resource.kind === kind).map(({ metadata }) => metadata.annotations?.['argocd.argoproj.io/sync-wave']),
    );
  for (const kind of ['Namespace', 'ServiceAccount', 'Role', 'RoleBinding']) assert.equal([...waveOf(kind)], ['-20'], kind);
  for (const kind of ['ConfigMap', 'Service', 'NetworkPolicy', 'PodDisruptionBudget']) assert.equal([...waveOf(kind)], ['-10'], kind);
  for (const kind of ['Deployment', 'StatefulSet', 'Prometheus', 'ThanosRuler', 'Alertmanager'])
    assert.equal([...waveOf(kind)], [undefined], kind);
  for (const kind of ['PodMonitor', 'PrometheusRule']) assert.equal([...waveOf(kind)], ['10'], kind);
});

test('every object is in the namespace of the centre and bears the labels of fleetc, and no two are the same', () => {
  const seen = new Set<string>();
  for (const { kind, metadata } of resources) {
    if (kind !== 'Namespace') assert.is(metadata.namespace, 'metrics-central', metadata.name);
    assert.is(metadata.labels?.['app.kubernetes.io/part-of'], 'fleetc', metadata.name);
    assert.is(metadata.labels?.['app.kubernetes.io/managed-by'], 'fleetc', metadata.name);
    const key = `${kind}/${metadata.name}`;
    assert.not.ok(seen.has(key), key);
    seen.add(key);
  }
});

test('components that take long to stop are given the time', () => {
  // Thanos drains both its servers for two minutes.
  for (const { name, template } of pods(resources))
    if (template.spec.containers[0].image.includes('thanos')) assert.ok(template.spec.terminationGracePeriodSeconds > 120, name);
});

test.run();
