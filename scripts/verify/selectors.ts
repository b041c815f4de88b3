import type { Check, Fault } from './check.ts';
import type {
  Container,
  DisruptionBudget,
  Monitor,
  NetworkPolicy,
  Operated,
  PolicyPeer,
  Port,
  Probe,
  Selector,
  WorkloadManifest,
} from './manifests.ts';
import { matchesLabels, type Pods, type View } from './view.ts';

function* services({ services: all }: View): Iterable<Fault> {
  for (const { object, selector, pods } of all)
    if (selector !== undefined && pods.length === 0) yield { object, message: 'selects no pod' };
}

function* disruptionBudgets({ ofKind, podsMatching }: View): Iterable<Fault> {
  for (const object of ofKind<DisruptionBudget>('PodDisruptionBudget'))
    if (podsMatching(object.metadata.namespace ?? '', object.spec.selector ?? {}).length === 0) yield { object, message: 'selects no pod' };
}

function* budgetsOfOne({ ofKind, podsMatching }: View): Iterable<Fault> {
  for (const object of ofKind<DisruptionBudget>('PodDisruptionBudget'))
    for (const { object: workload, replicas } of podsMatching(object.metadata.namespace ?? '', object.spec.selector ?? {}))
      if (replicas < 2)
        yield {
          object,
          message: `covers ${workload.kind} ${workload.metadata.name} of ${replicas} replica: it could block a drain for ever`,
        };
}

function* networkPolicies({ ofKind, podsMatching }: View): Iterable<Fault> {
  for (const object of ofKind<NetworkPolicy>('NetworkPolicy')) {
    const namespace = object.metadata.namespace ?? '';
    // An empty selector is meant for whatever is, or will be, in the namespace.
    if (!isEmpty(object.spec.podSelector) && podsMatching(namespace, object.spec.podSelector ?? {}).length === 0)
      yield { object, message: 'selects no pod' };
    for (const peer of peers(object))
      if (isLocal(peer) && podsMatching(namespace, peer.podSelector ?? {}).length === 0)
        yield { object, message: `names a peer that is no pod: ${JSON.stringify(peer.podSelector?.matchLabels)}` };
  }
}

const isEmpty = (selector: Selector = {}): boolean =>
  Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;

/** A peer of the policy's own namespace, by its labels: only of these are the pods known. */
const isLocal = ({ podSelector, namespaceSelector }: PolicyPeer): boolean => namespaceSelector === undefined && !isEmpty(podSelector);

function* peers({ spec: { ingress = [], egress = [] } }: NetworkPolicy): Iterable<PolicyPeer> {
  for (const { from = [] } of ingress) yield* from;
  for (const { to = [] } of egress) yield* to;
}

/** A policy opens ports of pods, not of Services. */
function* policyPorts({ ofKind, podsMatching }: View): Iterable<Fault> {
  for (const object of ofKind<NetworkPolicy>('NetworkPolicy')) {
    const namespace = object.metadata.namespace ?? '';
    const unknown = (pods: readonly Pods[], ports: readonly { readonly port?: number | string }[]) =>
      ports.filter(({ port }) => port !== undefined && !pods.some((one) => hasPort(one.ports, port))).map(({ port }) => port);
    const own = podsMatching(namespace, object.spec.podSelector ?? {});
    if (own.length > 0)
      for (const { ports = [] } of object.spec.ingress ?? [])
        for (const port of unknown(own, ports)) yield { object, message: `lets in to port ${port}, which its pods do not have` };
    for (const { to = [], ports = [] } of object.spec.egress ?? []) {
      const pods = to.filter(isLocal).flatMap(({ podSelector }) => podsMatching(namespace, podSelector ?? {}));
      if (pods.length > 0 && to.every(isLocal))
        for (const port of unknown(pods, ports)) yield { object, message: `lets out to port ${port}, which those pods do not have` };
    }
  }
}

const hasPort = (ports: readonly Port[], port: number | string): boolean =>
  ports.some(({ name, containerPort }) => (typeof port === 'string' ? name === port : containerPort === port));

function* workloadSelectors({ ofKind }: View): Iterable<Fault> {
  for (const object of ofKind<WorkloadManifest>('Deployment', 'StatefulSet', 'DaemonSet')) {
    const { selector, template } = object.spec;
    if (isEmpty(selector) || !matchesLabels(selector, template.metadata?.labels ?? {}))
      yield { object, message: 'does not select the pods it makes' };
  }
}

/** Two workloads with one selector take each other's pods. */
function* sharedSelectors({ ofKind }: View): Iterable<Fault> {
  const workloads = ofKind<WorkloadManifest>('Deployment', 'StatefulSet', 'DaemonSet');
  for (const object of workloads)
    for (const other of workloads)
      if (
        other !== object &&
        other.metadata.namespace === object.metadata.namespace &&
        !isEmpty(object.spec.selector) &&
        matchesLabels(object.spec.selector, other.spec.template.metadata?.labels ?? {})
      )
        yield { object, message: `selects the pods of ${other.kind} ${other.metadata.name}, too` };
}

function* servicePorts({ services: all }: View): Iterable<Fault> {
  for (const { object, pods, ports, selector } of all) {
    if (selector === undefined) continue;
    for (const each of pods)
      for (const { port, targetPort = port } of ports)
        if (!hasPort(each.ports, targetPort))
          yield { object, message: `port ${targetPort} is no port of ${each.object.kind} ${each.object.metadata.name}` };
  }
}

function* probePorts({ pods }: View): Iterable<Fault> {
  for (const { object, spec } of pods)
    for (const { name, ports = [], readinessProbe, livenessProbe, startupProbe } of spec?.containers ?? [])
      for (const probe of [readinessProbe, livenessProbe, startupProbe]) {
        const port = portOf(probe);
        if (port !== undefined && !hasPort(ports, port))
          yield { object, message: `container ${name} is probed at port ${port}, which it does not have` };
      }
}

const portOf = (probe: Probe | undefined): number | string | undefined =>
  probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port;

/** IANA's rule for names of services, which Kubernetes takes for ports. */
const portName = /^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/;

function* badPorts({ pods, services: all }: View): Iterable<Fault> {
  for (const { object, containers } of pods) {
    const ports = containers.flatMap((container: Container) => container.ports ?? []);
    yield* named(object, ports);
    for (const { containerPort } of ports) if (!inRange(containerPort)) yield { object, message: `${containerPort} is no port` };
    for (const [i, { containerPort, protocol = 'TCP' }] of ports.entries())
      if (ports.findIndex((other) => other.containerPort === containerPort && (other.protocol ?? 'TCP') === protocol) !== i)
        yield { object, message: `two containers of a pod have the port ${containerPort}` };
  }
  for (const { object, ports, selector } of all) {
    if (object.kind !== 'Service') continue;
    yield* named(object, ports);
    if (ports.length > 1 && ports.some(({ name }) => name === undefined))
      yield { object, message: 'has several ports, so each needs a name' };
    if (ports.length === 0 && selector !== undefined) yield { object, message: 'has no port' };
    for (const { port, nodePort } of ports) {
      if (!inRange(port)) yield { object, message: `${port} is no port` };
      if (nodePort !== undefined && (nodePort < 30000 || nodePort > 32767))
        yield { object, message: `${nodePort} is no node port: 30000 to 32767` };
    }
  }
  const taken = new Map<number, string>();
  for (const { object, ports } of all)
    for (const { nodePort } of ports) {
      if (nodePort === undefined) continue;
      const other = taken.get(nodePort);
      if (other !== undefined) yield { object, message: `node port ${nodePort} is already that of ${other}` };
      taken.set(nodePort, object.metadata.name);
    }
}

const inRange = (port: number): boolean => Number.isInteger(port) && port > 0 && port < 65536;

function* named(object: Fault['object'], ports: readonly { readonly name?: string }[]): Iterable<Fault> {
  const names = ports.flatMap(({ name }) => (name === undefined ? [] : [name]));
  for (const [i, name] of names.entries()) {
    const owner = object === undefined ? {} : { object };
    if (name.length > 15 || !portName.test(name))
      yield { ...owner, message: `"${name}" is no name for a port: at most 15 of a-z, 0-9 and hyphens` };
    if (names.indexOf(name) !== i) yield { ...owner, message: `two ports are called "${name}"` };
  }
}

function* monitors({ ofKind, services: all, pods }: View): Iterable<Fault> {
  for (const object of ofKind<Monitor>('ServiceMonitor', 'PodMonitor')) {
    const { selector, namespaceSelector, endpoints = [], podMetricsEndpoints = [] } = object.spec;
    const sees = (namespace: string): boolean =>
      namespaceSelector?.any === true || (namespaceSelector?.matchNames ?? [object.metadata.namespace]).includes(namespace);
    if (object.kind === 'PodMonitor') {
      const found = pods.filter(({ namespace, labels }) => sees(namespace) && matchesLabels(selector, labels));
      if (found.length === 0) yield { object, message: 'selects no pod' };
      for (const { port } of podMetricsEndpoints)
        if (port !== undefined && found.length > 0 && !found.some(({ ports }) => hasPort(ports, port)))
          yield { object, message: `no pod has a port "${port}"` };
    } else {
      const found = all.filter(({ namespace, labels }) => sees(namespace) && matchesLabels(selector, labels));
      if (found.length === 0) yield { object, message: 'selects no Service' };
      for (const { port } of endpoints)
        if (port !== undefined && found.length > 0 && !found.some(({ ports }) => ports.some(({ name }) => name === port)))
          yield { object, message: `no Service has a port "${port}"` };
    }
  }
}

/** What the operator is never told to read does nothing. */
function* selected({ ofKind }: View): Iterable<Fault> {
  const readers = {
    ScrapeConfig: [['Prometheus', 'scrapeConfigSelector', 'scrapeConfigNamespaceSelector']],
    ServiceMonitor: [['Prometheus', 'serviceMonitorSelector', 'serviceMonitorNamespaceSelector']],
    PodMonitor: [['Prometheus', 'podMonitorSelector', 'podMonitorNamespaceSelector']],
    PrometheusRule: [
      ['Prometheus', 'ruleSelector', 'ruleNamespaceSelector'],
      ['ThanosRuler', 'ruleSelector', 'ruleNamespaceSelector'],
    ],
  } as const;
  for (const [kind, by] of Object.entries(readers))
    for (const object of ofKind(kind)) {
      const read = by.some(([reader, field, namespaces]) =>
        ofKind<Operated>(reader).some(({ metadata, spec }) => {
          const selector = spec[field];
          const sees = spec[namespaces] !== undefined || metadata.namespace === object.metadata.namespace;
          return selector !== undefined && sees && matchesLabels(selector, object.metadata.labels ?? {});
        }),
      );
      if (!read) yield { object, message: 'is selected by nothing that would read it' };
    }
}

/** Only remote write is for the world: a StoreAPI or a Prometheus on a load balancer shows every series to whoever asks. */
function* loadBalancers({ services: all }: View): Iterable<Fault> {
  for (const { object, type, ports, pods } of all) {
    if (type !== 'LoadBalancer') continue;
    for (const { port, targetPort = port } of ports) {
      const behind = pods
        .flatMap((each) => each.ports)
        .filter(({ name, containerPort }) => name === targetPort || containerPort === targetPort);
      const numbers = behind.length === 0 ? [port] : behind.map(({ containerPort }) => containerPort);
      if (numbers.some((number) => number !== remoteWrite))
        yield { object, message: `opens port ${numbers.join(', ')} to the world: only remote write (${remoteWrite}) may be` };
    }
  }
}

const remoteWrite = 19291;

export const selectorChecks: readonly Check[] = [
  { code: 'verify/service-selects-nothing', find: services },
  { code: 'verify/disruption-budget-selects-nothing', find: disruptionBudgets },
  { code: 'verify/disruption-budget-of-one', find: budgetsOfOne },
  { code: 'verify/network-policy-selects-nothing', find: networkPolicies },
  { code: 'verify/network-policy-port', find: policyPorts },
  { code: 'verify/workload-selector', find: workloadSelectors },
  { code: 'verify/shared-selector', find: sharedSelectors },
  { code: 'verify/service-port', find: servicePorts },
  { code: 'verify/probe-port', find: probePorts },
  { code: 'verify/port', find: badPorts },
  { code: 'verify/monitor-selects-nothing', find: monitors },
  { code: 'verify/not-selected', find: selected },
  { code: 'verify/load-balancer-port', find: loadBalancers },
];
