import { BlockList, isIP } from 'node:net';
import { lookup, type LookupAddress } from 'node:dns';

/**
 * Addresses that are not on the internet: of this machine, of its network, of a cloud's metadata service.
 * From IANA's registries of special-purpose addresses (iana-ipv4-special-registry,
 * iana-ipv6-special-registry, 2025).
 */
const INNER_IPV4 = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  INNER_IPV4.addSubnet(net, bits, 'ipv4');

// A separate list: Node also compares IPv4 addresses with `::ffff:0:0/96`.
const INNER_IPV6 = new BlockList();
// Ranges that embed an IPv4 address count as internal as a whole, because the embedded address would have to
// be checked as well.
for (const [net, bits] of [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['::ffff:0:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  INNER_IPV6.addSubnet(net, bits, 'ipv6');

/** True for an address that exists only on this machine or its network. */
export function isInner(address: string): boolean {
  const family = isIP(address);
  if (family === 6) return INNER_IPV6.check(address, 'ipv6');
  return family === 0 || INNER_IPV4.check(address, 'ipv4');
}

/** Error for an address that webhooks must not call. */
export class InnerAddressError extends Error {
  constructor(host: string, address: string) {
    const where = host === address ? host : `${host} is ${address}, which`;
    super(
      `${where} is an address of this machine or its network; name it in webhooks.allow_hosts to allow it`,
    );
    this.name = 'InnerAddressError';
  }
}

type Found = (error: Error | null, addresses: LookupAddress[]) => void;

/**
 * DNS lookup for a connection that returns only allowed addresses: the check applies to the result used for
 * connecting, so a name that changes in between cannot bypass it.
 */
export function outerLookup(host: string, options: object, done: Found): void {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    const inner = error ? undefined : addresses.find(({ address }) => isInner(address));
    done(error ?? (inner ? new InnerAddressError(host, inner.address) : null), addresses);
  });
}

/**
 * Connection options for an address that a rule file names. Throws InnerAddressError for an internal address
 * that is not allowed, and Error for one that is not encrypted; a name that resolves to an internal address
 * fails when connecting. Call it for the target of each redirect as well.
 */
export function guardedConnection(url: URL, allowHosts: readonly string[]): OuterConnection {
  const connection = outerConnection(url, allowHosts);
  if (connection.lookup && url.protocol !== 'https:')
    throw new Error(`${url.protocol}// is not encrypted; write https://`);
  return connection;
}

interface OuterConnection {
  /** Missing for an allowed host. */
  readonly lookup?: typeof outerLookup;
}

/** Like guardedConnection, for requests that send no data and may go without encryption. */
export function outerConnection(url: URL, allowHosts: readonly string[]): OuterConnection {
  const host = url.hostname.replace(/^\[|\]$/gu, '');
  if (allowHosts.includes(host)) return {};
  if (isIP(host) !== 0 && isInner(host)) throw new InnerAddressError(host, host);
  return { lookup: outerLookup };
}
