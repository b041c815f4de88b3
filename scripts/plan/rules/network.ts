import { isEqual } from '../../kubernetes/equal.ts';
import type { Resource } from '../../kubernetes/resource.ts';
import { at, fieldsOf, itemsOf, textOf, textsOf, wordOf } from '../fields.ts';
import { objectOf } from '../object-change.ts';
import { containersOf, podSpecOf } from '../pods.ts';
import type { Found, ObjectRule } from '../risk.ts';

/** A value with its keys in order, so that the same is the same text. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ) ?? '';

const anyone = 'anyone';
const anyPort = 'any port';

/** Each flow that a policy lets through on its own: direction, peer, port. A direction that it does not name is open. */
function flowsOf(policy: Resource | undefined): ReadonlySet<string> {
  const flows = new Set<string>();
  if (policy === undefined) return flows;
  const restricted = restrictedBy(policy);
  for (const [type, field, side] of [
    ['Ingress', 'ingress', 'from'],
    ['Egress', 'egress', 'to'],
  ] as const) {
    const rules = at(policy, 'spec', field);
    if (!restricted.includes(type)) flows.add(flow(side, anyone, anyPort));
    for (const rule of itemsOf(rules)) {
      const peers = itemsOf(at(rule, side)).map(peerText);
      const ports = itemsOf(at(rule, 'ports')).map(portText);
      for (const peer of peers.length === 0 ? [anyone] : peers)
        for (const port of ports.length === 0 ? [anyPort] : ports) flows.add(flow(side, peer, port));
    }
  }
  return flows;
}

const flow = (side: string, peer: string, port: string): string => `${side} ${peer} on ${port}`;

function peerText(peer: unknown): string {
  const cidr = textOf(at(peer, 'ipBlock', 'cidr'));
  if (cidr !== undefined) {
    const except = textsOf(at(peer, 'ipBlock', 'except'));
    return except.length === 0 ? cidr : `${cidr} but ${except.join(', ')}`;
  }
  return canonical(fieldsOf(peer));
}

const portText = (port: unknown): string =>
  `${textOf(at(port, 'protocol')) ?? 'TCP'} ${wordOf(at(port, 'port')) ?? 'any'}${at(port, 'endPort') === undefined ? '' : `-${wordOf(at(port, 'endPort'))}`}`;

/** Whether a flow was let through before, perhaps as part of a wider one. */
function isOpen(one: string, open: ReadonlySet<string>): boolean {
  const [, side = '', peer = '', port = ''] = /^(from|to) (.*) on (.*)$/s.exec(one) ?? [];
  const anyOfProtocol = `${port.split(' ')[0]} any`;
  return [peer, anyone].some((who) => [port, anyOfProtocol, anyPort].some((where) => open.has(flow(side, who, where))));
}

/** What of a workload can be reached at the address of its node. */
function hostPortsOf(resource: Resource | undefined): ReadonlySet<string> {
  if (resource === undefined) return new Set();
  const ports = new Set<string>();
  if (podSpecOf(resource).hostNetwork === true) ports.add('all ports of the pod, by hostNetwork');
  for (const container of containersOf(resource).values())
    for (const port of itemsOf(container.ports))
      if (at(port, 'hostPort') !== undefined) ports.add(`port ${wordOf(at(port, 'hostPort'))} of the node`);
  return ports;
}

/** What of a Service can be reached from outside the cluster. */
function outsidePortsOf(service: Resource | undefined): ReadonlySet<string> {
  const type = textOf(at(service, 'spec', 'type'));
  if (service === undefined || (type !== 'NodePort' && type !== 'LoadBalancer')) return new Set();
  return new Set(
    itemsOf(at(service, 'spec', 'ports')).map(
      (port) => `${type} ${wordOf(type === 'NodePort' ? (at(port, 'nodePort') ?? at(port, 'port')) : at(port, 'port'))}`,
    ),
  );
}

const gained = (had: ReadonlySet<string>, has: ReadonlySet<string>): readonly string[] => [...has].filter((one) => !had.has(one)).sort();

const networkOpened: ObjectRule = {
  code: 'risk/network-opened',
  severity: 'medium',
  why: 'More can connect than before.',
  check: 'Who needs the new way, and what authenticates whoever takes it.',
  *find(change, around): Iterable<Found> {
    const { before, after } = change;
    const { kind } = objectOf(change);
    if (kind === 'NetworkPolicy') {
      if (before !== undefined && after === undefined && !isStillHeld(before, around.after))
        yield { what: 'A network policy is deleted, and no other holds back the same', severity: 'high' };
      if (before === undefined || after === undefined) return;
      const open = flowsOf(before);
      const opened = [...flowsOf(after)].filter((one) => !isOpen(one, open)).sort();
      const wide = opened.some((one) => /^from (?:anyone|0\.0\.0\.0\/0|::\/0) /.test(one));
      if (opened.length > 0)
        yield { what: 'A network policy lets more through', detail: listed(opened), ...(wide && { severity: 'high' as const }) };
    }
    if (kind === 'Service') {
      const ports = gained(outsidePortsOf(before), outsidePortsOf(after));
      if (ports.length > 0) yield { what: 'A Service can be reached from outside the cluster', detail: ports.join(', ') };
    }
    const ports = gained(hostPortsOf(before), hostPortsOf(after));
    if (ports.length > 0) yield { what: 'Pods can be reached at the address of their node', detail: ports.join(', ') };
  },
};

/** Whether another policy of the namespace restricts the same pods in the same directions, or the namespace goes, too. */
function isStillHeld(policy: Resource, after: readonly Resource[]): boolean {
  const { namespace } = policy.metadata;
  const isThere = after.some(({ metadata }) => metadata.namespace === namespace);
  const types = restrictedBy(policy);
  const others = after.filter(
    (other) =>
      other.kind === 'NetworkPolicy' &&
      other.metadata.namespace === namespace &&
      (Object.keys(fieldsOf(at(other, 'spec', 'podSelector'))).length === 0 ||
        isEqual(at(other, 'spec', 'podSelector'), at(policy, 'spec', 'podSelector'))),
  );
  return !isThere || types.every((type) => others.some((other) => restrictedBy(other).includes(type)));
}

/** The directions in which a policy holds back what it does not allow. */
function restrictedBy(policy: Resource): readonly string[] {
  const types = textsOf(at(policy, 'spec', 'policyTypes'));
  return types.length > 0 ? types : ['Ingress', ...(at(policy, 'spec', 'egress') === undefined ? [] : ['Egress'])];
}

const listed = (all: readonly string[]): string =>
  all.length > 4 ? `${all.slice(0, 4).join('; ')}; ${all.length - 4} more` : all.join('; ');

export const networkRules: readonly ObjectRule[] = [networkOpened];
