import { about, type Diagnostic, type Span } from '../diagnostic.ts';
import { addressProblem, canonicalAddress, canonicalEndpoint, cidrProblem } from './addresses.ts';
import {
  type CentralCluster,
  type Edge,
  hostNamespace,
  type Inventory,
  type Sourced,
  type SourcedInventory,
  type ThanosSidecarEdge,
} from './inventory.ts';
import { didYouMean } from './suggest.ts';

/** What a rule may look at. */
interface Checked {
  readonly inventory: SourcedInventory;
  readonly edges: readonly Sourced<Edge>[];
  readonly centrals: readonly Sourced<CentralCluster>[];
  /** Whether all clusters are there: of those with errors nothing is known, not even that they are missing. */
  readonly complete: boolean;
}

type Rule = (checked: Checked) => Iterable<Diagnostic>;

/** What types cannot say of the inventory. The rules of one option are with the option. */
const rules: readonly Rule[] = [
  uniqueRegionsAndRings,
  soundAddressRanges,
  supportedArgocd,
  distinctNamespaces,
  uniqueClusterNames,
  reservedNames,
  knownRegions,
  knownRings,
  soundLabels,
  uniqueNodeNames,
  soundNodeAddresses,
  soundWorkloads,
  soundServers,
  exactlyOneCentral,
  someEdges,
  soundCentralUrls,
  enoughIngestors,
  receiveForAgents,
  alertsForSidecars,
  reachableEdges,
  safeKubelets,
  soundScrapeNodes,
  soundSidecarEndpoints,
];

export function checkInventory(inventory: SourcedInventory, { complete } = { complete: true }): Diagnostic[] {
  // The role tells the two kinds of cluster apart.
  const edges = inventory.clusters.filter(({ value }) => value.role === 'edge') as readonly Sourced<Edge>[];
  const centrals = inventory.clusters.filter(({ value }) => value.role === 'central') as readonly Sourced<CentralCluster>[];
  return rules.flatMap((rule) => [...rule({ inventory, edges, centrals, complete })]);
}

/** The inventory without its places, of a sourced one without errors. */
export function toInventory({ fleet, clusters }: SourcedInventory): Inventory {
  const values = clusters.map(({ value }) => value).sort((a, b) => (a.name < b.name ? -1 : 1));
  const central = values.find((value): value is CentralCluster => value.role === 'central');
  if (!central) throw new Error('bug: an inventory without a central cluster has errors');
  return { fleet: fleet.value, central, edges: values.filter((value): value is Edge => value.role === 'edge') };
}

const error = (code: `inventory/${string}`, span: Span, message: string, hint?: string, related?: Diagnostic['related']): Diagnostic => ({
  code,
  severity: 'error',
  message,
  ...(hint && { hint }),
  span,
  ...(related && { related }),
});

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

const first = (message: string, span: Span): Diagnostic['related'] => [{ message, span }];

/** Calls `clash` with each thing whose key another one had before, and that one. */
function* clashes<T>(
  things: Iterable<T>,
  keyOf: (thing: T) => string | undefined,
  clash: (thing: T, before: T) => Diagnostic,
): Iterable<Diagnostic> {
  const seen = new Map<string, T>();
  for (const thing of things) {
    const key = keyOf(thing);
    if (key === undefined) continue;
    const before = seen.get(key);
    if (before === undefined) seen.set(key, thing);
    else yield clash(thing, before);
  }
}

// The fleet

function* uniqueRegionsAndRings({ inventory: { fleet } }: Checked): Iterable<Diagnostic> {
  for (const field of ['regions', 'rings'] as const)
    yield* clashes(
      fleet.value[field].map((name, i) => ({ name, span: fleet.at(field, i) })),
      ({ name }) => name,
      ({ name, span }, before) =>
        error('inventory/duplicate-name', span, `"${name}" is in ${field} twice`, 'Leave one out.', first('first here', before.span)),
    );
}

function* soundAddressRanges({ inventory: { fleet } }: Checked): Iterable<Diagnostic> {
  for (const field of ['edgeCidrs', 'centralCidrs'] as const)
    for (const [i, cidr] of fleet.value.network[field].entries()) {
      const problem = cidrProblem(cidr);
      if (problem)
        yield error(
          'inventory/invalid-address',
          fleet.at('network', field, i),
          `"${cidr}" is not an address range: ${problem}`,
          'Write it as `10.0.0.0/8` or `2001:db8::/32`.',
        );
    }
}

function* supportedArgocd({ inventory: { fleet } }: Checked): Iterable<Diagnostic> {
  const { version } = fleet.value.argocd;
  if (Number(version.split('.')[1]) < 3)
    yield error(
      'inventory/argocd-version',
      fleet.at('argocd', 'version'),
      `Argo CD ${version} is too old`,
      'Use 3.3 or later: older ones cannot allow a cluster-scoped object by name in an AppProject.',
    );
}

const systemNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

function* distinctNamespaces({ inventory: { fleet }, centrals }: Checked): Iterable<Diagnostic> {
  const namespaces = [
    { name: fleet.value.argocd.namespace, what: 'the namespace of Argo CD', span: fleet.at('argocd', 'namespace'), ours: false },
    { name: fleet.value.namespace, what: "the fleet's namespace", span: fleet.at('namespace'), ours: true },
    { name: hostNamespace(fleet.value), what: "the fleet's namespace for node-exporter", span: fleet.at('namespace'), ours: true },
    ...centrals.map(({ value, at }) => ({ name: value.namespace, what: "the centre's namespace", span: at('namespace'), ours: true })),
  ];
  for (const { name, what, span, ours } of namespaces)
    if (ours && systemNamespaces.includes(name))
      yield error('inventory/namespace', span, `"${name}" cannot be ${what}`, 'fleetc owns its namespaces: give it one of its own.');
  const named = centrals.length > 1 ? namespaces.slice(0, 4) : namespaces;
  yield* clashes(
    named,
    ({ name }) => name,
    ({ name, what, span }, before) =>
      error(
        'inventory/namespace',
        span,
        `"${name}" is ${what}, and ${before.what}, too`,
        'Give each a name of its own.',
        first(before.what, before.span),
      ),
  );
}

// Every cluster

function* uniqueClusterNames({ inventory: { clusters } }: Checked): Iterable<Diagnostic> {
  yield* clashes(
    clusters,
    ({ value }) => value.name,
    ({ value, at }, before) =>
      error(
        'inventory/duplicate-name',
        at('name'),
        `two clusters are called "${value.name}"`,
        'Rename one: the name is the label of its series and its tenant.',
        first('the other one is here', before.at('name')),
      ),
  );
}

/** What the fleet and its centre are called where their figures stand beside those of edges. */
const reserved = ['fleet', 'centre'];

function* reservedNames({ edges }: Checked): Iterable<Diagnostic> {
  for (const { value, at } of edges)
    if (reserved.includes(value.name))
      yield error(
        'inventory/reserved-name',
        at('name'),
        `no edge can be called "${value.name}": \`fleetc size\` has the figures of the ${value.name} itself under this name`,
        'Rename it, such as after its place.',
      );
}

function* knownRegions({ inventory: { fleet, clusters } }: Checked): Iterable<Diagnostic> {
  const { regions } = fleet.value;
  for (const { value, at } of clusters)
    if (!regions.includes(value.region))
      yield error(
        'inventory/unknown-region',
        at('region'),
        `"${value.region}" is not a region of the fleet`,
        didYouMean(value.region, regions),
        first('the regions', fleet.at('regions')),
      );
}

function* knownRings({ inventory: { fleet }, edges }: Checked): Iterable<Diagnostic> {
  const { rings } = fleet.value;
  for (const { value, at } of edges)
    if (value.ring !== undefined && !rings.includes(value.ring))
      yield error(
        'inventory/unknown-ring',
        at('ring'),
        `"${value.ring}" is not a ring of the fleet`,
        didYouMean(value.ring, rings),
        first('the rings', fleet.at('rings')),
      );
}

/** A label of these would change what an object is to its controller, or who owns it. */
const reservedDomains = ['fleetc.dev', 'kubernetes.io', 'k8s.io', 'argoproj.io'];

const labelName = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelDomain = /^(?!.*(\.[.-]|-\.))[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

function* soundLabels({ inventory: { clusters } }: Checked): Iterable<Diagnostic> {
  for (const { value, at } of clusters)
    for (const key of Object.keys(value.labels)) {
      const parts = key.split('/');
      const name = parts.at(-1) as string;
      const domain = parts.length === 2 ? (parts[0] as string) : undefined;
      if (parts.length > 2 || !labelName.test(name) || (domain !== undefined && !labelDomain.test(domain)))
        yield error(
          'inventory/invalid-label',
          at('labels', key),
          `${JSON.stringify(key)} is not the key of a label`,
          'Write `name` or `domain/name`: at most 63 letters, digits, dashes, dots and underscores in the name.',
        );
      else if (domain === undefined && (/^[0-9]/.test(name) || /^(null|true|false)$/i.test(name)))
        yield error(
          'inventory/invalid-label',
          at('labels', key),
          `"${key}" is no text to YAML, and Kustomize refuses it as the key of a label`,
          'Begin it with another word, or give it a domain.',
        );
      else if (domain !== undefined && reservedDomains.some((reserved) => domain === reserved || domain.endsWith(`.${reserved}`)))
        yield error(
          'inventory/invalid-label',
          at('labels', key),
          `"${key}" is in a domain that is not yours`,
          `Labels of ${reservedDomains.join(', ')} steer other programs. Use a domain of your own.`,
        );
    }
}

function* soundServers({ inventory: { clusters } }: Checked): Iterable<Diagnostic> {
  const named = clusters.filter(({ value }) => value.server !== undefined);
  const endpointOf = ({ value }: (typeof named)[number]) => canonicalEndpoint(value.server as string);
  for (const cluster of named)
    if (endpointOf(cluster) === undefined)
      yield error(
        'inventory/invalid-address',
        cluster.at('server'),
        `"${cluster.value.server}" is not a URL`,
        'Write it as `https://host:port`, an IPv6 address in brackets.',
      );
  yield* clashes(named, endpointOf, ({ value, at }, before) =>
    error(
      'inventory/duplicate-address',
      at('server'),
      `"${value.name}" and "${before.value.name}" have the same server "${value.server}"`,
      'Each cluster has an API of its own.',
      first(`of "${before.value.name}"`, before.at('server')),
    ),
  );
}

// Nodes

function* uniqueNodeNames({ edges }: Checked): Iterable<Diagnostic> {
  for (const { value, at } of edges)
    yield* clashes(
      value.nodes.map(({ name }, i) => ({ name, span: at('nodes', i, 'name') })),
      ({ name }) => name,
      ({ name, span }, before) =>
        error(
          'inventory/duplicate-name',
          span,
          `"${value.name}" has two nodes called "${name}"`,
          undefined,
          first('the other one is here', before.span),
        ),
    );
}

function* soundNodeAddresses({ edges }: Checked): Iterable<Diagnostic> {
  const nodes = edges.flatMap(({ value, at }) =>
    value.nodes.map(({ name, address }, i) => ({ cluster: value.name, name, address, span: () => at('nodes', i, 'address') })),
  );
  for (const { address, span } of nodes) {
    const problem = addressProblem(address);
    if (problem)
      yield error(
        'inventory/invalid-address',
        span(),
        `"${address}" is ${problem}`,
        'Write the address at which the centre reaches the node.',
      );
  }
  yield* clashes(
    nodes,
    ({ address }) => canonicalAddress(address),
    ({ cluster, name, address, span }, before) =>
      error(
        'inventory/duplicate-address',
        span(),
        `node "${name}" of "${cluster}" has the address ${address} of node "${before.name}" of "${before.cluster}"`,
        'Each node of the fleet has an address of its own.',
        first(`of "${before.name}"`, before.span()),
      ),
  );
}

/** A pod has a container at least. */
function* soundWorkloads({ edges }: Checked): Iterable<Diagnostic> {
  for (const { value, at } of edges) {
    const { pods, containers } = value.workload ?? {};
    if (pods !== undefined && containers !== undefined && containers < pods)
      yield about(
        value.name,
        error(
          'inventory/fewer-containers-than-pods',
          at('workload', 'containers'),
          `${count(pods, 'pod')} of "${value.name}" cannot have ${count(containers, 'container')}: each has one at least`,
          'Count the containers of all pods, or leave workload.containers out.',
          first('the pods', at('workload', 'pods')),
        ),
      );
  }
}

// The centre

function* exactlyOneCentral({ centrals, complete }: Checked): Iterable<Diagnostic> {
  const [one, ...others] = centrals;
  if (!one && complete)
    yield {
      code: 'inventory/no-central',
      severity: 'error',
      message: 'the fleet has no central cluster',
      hint: "Give one cluster `role: 'central'`: it stores, queries and alerts for all edges.",
    };
  for (const { value, at } of others)
    if (one)
      yield error(
        'inventory/two-centrals',
        at('role'),
        `"${value.name}" and "${one.value.name}" are both central`,
        'A fleet has exactly one.',
        first(`"${one.value.name}" is here`, one.at('role')),
      );
}

function* someEdges({ edges, complete }: Checked): Iterable<Diagnostic> {
  if (!edges.length && complete)
    yield {
      code: 'inventory/no-edges',
      severity: 'error',
      message: 'the fleet has no edge',
      hint: "Add a file to clusters/: export default { name: …, role: 'edge', … } satisfies EdgeCluster",
    };
}

function* soundCentralUrls({ centrals }: Checked): Iterable<Diagnostic> {
  for (const { value, at } of centrals)
    for (const field of ['receive', 'alertmanager'] as const) {
      const url = value[field]?.url;
      if (url !== undefined && canonicalEndpoint(url) === undefined)
        yield error(
          'inventory/invalid-address',
          at(field, 'url'),
          `"${url}" is not a URL`,
          'Write the host as a name or an address, an IPv6 address in brackets, then the port.',
        );
    }
}

function* enoughIngestors({ centrals }: Checked): Iterable<Diagnostic> {
  for (const { value, at } of centrals)
    if (value.receive?.replicas !== undefined && value.receive.replicas < value.receive.replicationFactor)
      yield error(
        'inventory/too-few-ingestors',
        at('receive', 'replicas'),
        `${value.receive.replicas} ingestors cannot keep ${value.receive.replicationFactor} copies of a sample`,
        'Set receive.replicas to the replication factor or more; one more lets one be restarted.',
        first('the replication factor', at('receive', 'replicationFactor')),
      );
}

/** The first of the edges that use an option, and how a message calls all of them. */
function users(
  edges: readonly Sourced<Edge>[],
  option: Edge['option'],
): { readonly edge: Sourced<Edge>; readonly who: string } | undefined {
  const using = edges.filter(({ value }) => value.option === option);
  const [edge] = using;
  return edge && { edge, who: using.length === 1 ? `"${edge.value.name}" uses` : `"${edge.value.name}" and ${using.length - 1} more use` };
}

function* receiveForAgents({ edges, centrals }: Checked): Iterable<Diagnostic> {
  const [central] = centrals;
  const found = users(edges, 'prometheus-agent');
  if (found && central && !central.value.receive)
    yield error(
      'inventory/receive-missing',
      found.edge.at('option'),
      `${found.who} prometheus-agent, but the centre has nothing to write to`,
      "Give the central cluster `receive: { url: 'https://…/api/v1/receive' }`.",
      first('the central cluster', central.at()),
    );
}

function* alertsForSidecars({ edges, centrals }: Checked): Iterable<Diagnostic> {
  const [central] = centrals;
  const found = users(edges, 'thanos-sidecar');
  if (found && central && central.value.alertmanager.url === undefined)
    yield error(
      'inventory/alertmanager-missing',
      found.edge.at('option'),
      `${found.who} thanos-sidecar, but there is no address to send alerts to`,
      "Give the central cluster `alertmanager: { url: 'https://…:30943' }`.",
      first('the central cluster', central.at('alertmanager')),
    );
}

// Edges

function* reachableEdges({ edges }: Checked): Iterable<Diagnostic> {
  for (const { value, at } of edges) {
    if (value.network.ingress === 'open') continue;
    const ingress = at('network', 'ingress');
    if (value.delivery === 'push')
      yield about(
        value.name,
        error(
          'inventory/push-without-ingress',
          at('delivery'),
          `nothing can be pushed to "${value.name}": its network lets nobody in`,
          "Set delivery to 'agent' or 'autonomous'.",
          first('no ingress', ingress),
        ),
      );
    if (value.option !== 'prometheus-agent')
      yield about(
        value.name,
        error(
          'inventory/option-without-ingress',
          at('option'),
          `${value.option} needs the centre to connect to "${value.name}", whose network lets nobody in`,
          "Use the option 'prometheus-agent', which only connects out.",
          first('no ingress', ingress),
        ),
      );
  }
}

/** A token that is shown to an impostor is the impostor's; a client certificate is not. */
function* safeKubelets({ edges }: Checked): Iterable<Diagnostic> {
  for (const { value, at } of edges) {
    const sendsToken = value.option !== 'remote-scrape' || value.settings.credentials.kubelet === 'token';
    if (value.kubelet.unsafeSkipVerify && sendsToken)
      yield {
        code: 'inventory/unsafe-kubelet',
        severity: 'warning',
        cluster: value.name,
        message: `the kubelets of "${value.name}" get a token, and nobody checks their certificates`,
        hint:
          value.option === 'remote-scrape'
            ? "Turn on serverTLSBootstrap and drop unsafeSkipVerify, or set settings.credentials.kubelet to 'client-certificate'."
            : 'Turn on serverTLSBootstrap on the edge and drop unsafeSkipVerify.',
        span: at('kubelet', 'unsafeSkipVerify'),
      };
  }
}

function* soundScrapeNodes({ edges }: Checked): Iterable<Diagnostic> {
  for (const { value, at } of edges) {
    const node = value.option === 'remote-scrape' ? value.settings.kubeStateMetrics.node : undefined;
    const names = value.nodes.map(({ name }) => name);
    if (node !== undefined && !names.includes(node))
      yield about(
        value.name,
        error(
          'inventory/unknown-node',
          at('settings', 'kubeStateMetrics', 'node'),
          `"${node}" is not a node of "${value.name}"`,
          didYouMean(node, names),
          first('its nodes', at('nodes')),
        ),
      );
  }
}

function* soundSidecarEndpoints({ edges }: Checked): Iterable<Diagnostic> {
  const endpoints: { readonly cluster: string; readonly address: string; readonly span: Span }[] = [];
  for (const edge of edges) {
    if (edge.value.option !== 'thanos-sidecar') continue;
    // The option tells the kinds of edge apart.
    const { value, at } = edge as Sourced<ThanosSidecarEdge>;
    const { replicas, endpoints: written } = value.settings;
    if (written && written.length !== replicas)
      yield about(
        value.name,
        error(
          'inventory/endpoints',
          at('settings', 'endpoints'),
          `${count(replicas, 'replica')} and ${count(written.length, 'endpoint')} of "${value.name}" do not match`,
          'Write one endpoint for each replica.',
          first('the replicas', at('settings', 'replicas')),
        ),
      );
    for (const [i, address] of (written ?? []).entries())
      if (canonicalEndpoint(`https://${address}`) === undefined)
        yield error(
          'inventory/invalid-address',
          at('settings', 'endpoints', i),
          `"${address}" is not host:port`,
          'The port is 1 to 65535; an IPv6 address is in brackets.',
        );
    for (const [i, address] of endpointsOf(value).entries())
      endpoints.push({ cluster: value.name, address, span: at('settings', 'endpoints', i) });
  }
  yield* clashes(
    endpoints,
    ({ address }) => canonicalEndpoint(`https://${address}`),
    ({ cluster, address, span }, before) =>
      error(
        'inventory/duplicate-address',
        span,
        `"${cluster}" has the endpoint ${address}, as has "${before.cluster}"`,
        'Each replica has an endpoint of its own.',
        first(`of "${before.cluster}"`, before.span),
      ),
  );
}

/** What is written, or the first node's address with the ports that the sidecars' Services have. */
function endpointsOf({ nodes, settings }: ThanosSidecarEdge): readonly string[] {
  if (settings.endpoints) return settings.endpoints;
  const { address } = nodes[0] as ThanosSidecarEdge['nodes'][number];
  const host = address.includes(':') ? `[${address}]` : address;
  return [30901, 30902].slice(0, settings.replicas).map((port) => `${host}:${port}`);
}
