import { isIP } from 'node:net';

/** An address as a number, so that two ways of writing it are equal. An IPv4 address mapped into IPv6 is the IPv4 address. */
interface Address {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

export function parseAddress(text: string): Address | undefined {
  const family = isIP(text);
  if (family === 4) return { family, bits: bitsOf4(text) };
  if (family !== 6 || text.includes('%')) return undefined;
  const bits = bitsOf6(text);
  return bits >> 32n === 0xffffn ? { family: 4, bits: bits & 0xffffffffn } : { family: 6, bits };
}

/** Equal for two addresses that are the same, however they are written. */
export function canonicalAddress(text: string): string {
  const address = parseAddress(text);
  return address ? `${address.family}:${address.bits}` : text.toLowerCase();
}

const bitsOf4 = (text: string): bigint => text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);

function bitsOf6(text: string): bigint {
  const [head = '', tail] = text.split('::');
  const [left, right] = [groupsOf(head), groupsOf(tail ?? '')];
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - left.length - right.length }, () => 0n);
  return [...left, ...zeros, ...right].reduce((bits, group) => (bits << 16n) | group, 0n);
}

const groupsOf = (text: string): readonly bigint[] =>
  text
    .split(':')
    .filter((group) => group !== '')
    .flatMap((group) => (group.includes('.') ? [bitsOf4(group) >> 16n, bitsOf4(group) & 0xffffn] : [BigInt(`0x${group}`)]));

/** Addresses that no node has, as the centre sees it. */
const unusable: readonly (readonly [cidr: string, what: string])[] = [
  ['0.0.0.0/8', 'an unspecified address'],
  ['127.0.0.0/8', 'a loopback address'],
  ['224.0.0.0/4', 'a multicast address'],
  ['255.255.255.255/32', 'the broadcast address'],
  ['::/128', 'the unspecified address'],
  ['::1/128', 'the loopback address'],
  ['fe80::/10', 'a link-local address, which means nothing without an interface'],
  ['ff00::/8', 'a multicast address'],
];

/** Why no node can be reached at an address; undefined for a good one. */
export function addressProblem(text: string): string | undefined {
  const address = parseAddress(text);
  if (!address) return 'not an IP address';
  return unusable.find(([cidr]) => isWithin(address, cidr))?.[1];
}

function isWithin({ family, bits }: Address, cidr: string): boolean {
  const [base = '', length] = cidr.split('/');
  const range = parseAddress(base);
  if (range?.family !== family) return false;
  const rest = BigInt((family === 4 ? 32 : 128) - Number(length));
  return bits >> rest === range.bits >> rest;
}

/** What is wrong with an address range; undefined for a good one. */
export function cidrProblem(text: string): string | undefined {
  const [base = '', length = ''] = text.split('/');
  const address = parseAddress(base);
  if (!address) return 'the part before the slash is not an IP address';
  if (address.family === 4 && base.includes(':')) return 'an IPv4 address within IPv6 is not a range; write it as IPv4';
  const size = address.family === 4 ? 32 : 128;
  if (Number(length) > size || length !== String(Number(length))) return `the part after the slash is 0 to ${size}`;
  const rest = BigInt(size - Number(length));
  return (address.bits >> rest) << rest === address.bits ? undefined : `it has bits beyond its length of ${length}`;
}

/** `host:port` in one spelling: an address as such, a name in lower case; undefined when it is neither. */
export function canonicalEndpoint(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  if (port === '0' || hostname === '') return undefined;
  return `${canonicalAddress(hostname.replace(/^\[|\]$/g, ''))}:${port || '443'}`;
}
