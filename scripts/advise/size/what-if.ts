import type { Edge, Inventory } from '../../inventory/inventory.ts';
import { didYouMean } from '../../inventory/suggest.ts';

/** Edges that do not exist: `add=500,region=eu,option=prometheus-agent,nodes=3`. */
export interface Addition {
  readonly add: number;
  readonly region: string;
  readonly option: Edge['option'];
  readonly nodes: number;
  readonly ring?: string;
  readonly pods?: number;
  readonly containers?: number;
  readonly replicas: 1 | 2;
}

const options = ['remote-scrape', 'prometheus-agent', 'thanos-sidecar'] as const;
const keys = ['add', 'region', 'option', 'nodes', 'ring', 'pods', 'containers', 'replicas'] as const;
const name = /^[a-z]([-a-z0-9]{0,18}[a-z0-9])?$/;

/** Reads what `--what-if` was given; a string says what is wrong with it. */
export function parseAddition(text: string, { fleet }: Pick<Inventory, 'fleet'>): Addition | string {
  const given = new Map<string, string>();
  for (const pair of text.split(',')) {
    const [key = '', value, ...rest] = pair.split('=').map((part) => part.trim());
    if (!(keys as readonly string[]).includes(key))
      return `"${key}" is not one of ${keys.join(', ')}. ${didYouMean(key, keys) ?? ''}`.trim();
    if (value === undefined || value === '' || rest.length > 0) return `"${pair.trim()}" is not ${key}=VALUE.`;
    if (given.has(key)) return `${key} is there twice.`;
    given.set(key, value);
  }
  const problems: string[] = [];
  const whole = (key: (typeof keys)[number], least: number, most: number): number | undefined => {
    const value = given.get(key);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (!Number.isInteger(number) || number < least || number > most)
      problems.push(`${key} is a whole number from ${least} to ${most}, not "${value}".`);
    return number;
  };
  const add = whole('add', 1, 100_000);
  const nodes = whole('nodes', 1, 1_000) ?? 1;
  const pods = whole('pods', 1, 500_000);
  const containers = whole('containers', 1, 1_000_000);
  const replicas = whole('replicas', 1, 2);
  const option = given.get('option');
  const ring = given.get('ring');
  const region = given.get('region') ?? (fleet.regions.length === 1 ? fleet.regions[0] : undefined);
  if (add === undefined) problems.push('add=COUNT is missing: how many edges.');
  if (option === undefined) problems.push(`option is missing: one of ${options.join(', ')}.`);
  else if (!isOption(option))
    problems.push(`"${option}" is not an option. ${didYouMean(option, options) ?? `Use one of ${options.join(', ')}.`}`);
  else if (replicas !== undefined && option !== 'thanos-sidecar')
    problems.push('replicas is for thanos-sidecar: the other options run one collector.');
  if (region === undefined) problems.push(`region is missing: one of ${fleet.regions.join(', ')}, or a new one.`);
  else if (!name.test(region)) problems.push(`"${region}" cannot be a region: at most 20 lower-case letters, digits and dashes.`);
  if (ring !== undefined && !fleet.rings.includes(ring))
    problems.push(`"${ring}" is not a ring of the fleet. ${didYouMean(ring, fleet.rings) ?? ''}`.trim());
  if (problems.length > 0 || add === undefined || region === undefined || option === undefined || !isOption(option))
    return problems.join(' ');
  return {
    add,
    region,
    option,
    nodes,
    replicas: replicas === 2 ? 2 : 1,
    ...(ring !== undefined && { ring }),
    ...(pods !== undefined && { pods }),
    ...(containers !== undefined && { containers }),
  };
}

const isOption = (text: string): text is Edge['option'] => (options as readonly string[]).includes(text);

/** A fleet that does not exist, and what had to be assumed for it. */
export interface Imagined {
  readonly inventory: Inventory;
  readonly assumed: readonly string[];
}

/** The fleet with edges added to it. */
export function withAdditions(inventory: Inventory, additions: readonly Addition[]): Imagined {
  const assumed: string[] = [];
  const regions = [...inventory.fleet.regions];
  for (const { region } of additions)
    if (!regions.includes(region)) {
      regions.push(region);
      assumed.push(`"${region}" becomes a region of the fleet.`);
    }
  let { central } = inventory;
  if (central.receive === undefined && additions.some(({ option }) => option === 'prometheus-agent')) {
    central = { ...central, receive: defaultReceive };
    assumed.push('The centre gets Receive, as receive.url alone would give it.');
  }
  const added = additions.flatMap((addition, i) => edgesOf(addition, `what-if-${i + 1}`));
  return { inventory: { fleet: { ...inventory.fleet, regions }, central, edges: [...inventory.edges, ...added] }, assumed };
}

/** The edges of an addition, named after `series`. */
export const edgesOf = (addition: Addition, series: string): readonly Edge[] =>
  Array.from({ length: addition.add }, (_, i) => edgeOf(addition, `${series}-${i + 1}`));

/** Receive as a centre has it that says nothing but its URL. */
export const defaultReceive = { url: '', replicationFactor: 3 } as const;

function edgeOf({ region, option, nodes, ring, pods, containers, replicas }: Addition, name: string): Edge {
  const common = {
    name,
    role: 'edge' as const,
    region,
    labels: {},
    resources: {},
    nodes: Array.from({ length: nodes }, (_, i) => ({ name: `node-${i + 1}`, address: '' })),
    network: { ingress: 'open' as const },
    delivery: 'push' as const,
    kubelet: { unsafeSkipVerify: false },
    storage: {},
    ...(ring !== undefined && { ring }),
    ...((pods !== undefined || containers !== undefined) && {
      workload: { ...(pods !== undefined && { pods }), ...(containers !== undefined && { containers }) },
    }),
  };
  switch (option) {
    case 'remote-scrape':
      return { ...common, option, settings: { credentials: { kubelet: 'client-certificate' }, kubeStateMetrics: {} } };
    case 'prometheus-agent':
      return { ...common, option };
    case 'thanos-sidecar':
      return { ...common, option, settings: { replicas } };
  }
}
