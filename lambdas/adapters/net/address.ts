import { BlockList, isIPv4 } from "node:net";

// Source: the "Globally Reachable" column of IANA's IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, RFC 8190),
// with multicast (224/4) and the reserved block (240/4, including broadcast). Blocks that the registries call reachable are
// allowed (192.31.196/24, 192.52.193/24, 192.175.48/24, 2620:4f:8000::/48), except inside the two protocol assignment blocks
// (192.0.0/24, 2001::/23): their reachable parts are anycast services and identifiers, not web servers.
// biome-ignore format: a table
const FORBIDDEN_V4 = subnets("ipv4", [
  ["0.0.0.0", 8], ["10.0.0.0", 8], ["100.64.0.0", 10], ["127.0.0.0", 8], ["169.254.0.0", 16], ["172.16.0.0", 12],
  ["192.0.0.0", 24], ["192.0.2.0", 24], ["192.88.99.0", 24], ["192.168.0.0", 16], ["198.18.0.0", 15],
  ["198.51.100.0", 24], ["203.0.113.0", 24], ["224.0.0.0", 4], ["240.0.0.0", 4],
]);

// Only global unicast is allowed, so there are no separate rules for mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96,
// 64:ff9b:1::/48), discard (100::/64), segment routing (5f00::/16), unique local (fd00:ec2::254 is EC2's metadata),
// link-local, site-local and multicast addresses.
const GLOBAL_V6 = subnets("ipv6", [["2000::", 3]]);
// Teredo and its neighbours (2001::/23), documentation, and 6to4, which carries an IPv4 address of any kind.
// biome-ignore format: a table
const FORBIDDEN_V6 = subnets("ipv6", [["2001::", 23], ["2001:db8::", 32], ["2002::", 16], ["3fff::", 20]]);

const LOOPBACK_V4 = subnets("ipv4", [["127.0.0.0", 8]]);
const LOOPBACK_V6 = subnets("ipv6", [["::1", 128]]);

/** Whether this is a public internet address: not private, local, reserved or embedded in another address. */
export function isPublic(address: string): boolean {
  if (isIPv4(address)) return !FORBIDDEN_V4.check(address, "ipv4");
  const isZoned = address.includes("%"); // a zone names a network interface of this machine
  return !isZoned && GLOBAL_V6.check(address, "ipv6") && !FORBIDDEN_V6.check(address, "ipv6");
}

export function isLoopback(address: string): boolean {
  return isIPv4(address) ? LOOPBACK_V4.check(address, "ipv4") : LOOPBACK_V6.check(address, "ipv6");
}

function subnets(
  family: "ipv4" | "ipv6",
  ranges: readonly (readonly [address: string, prefixBits: number])[],
): BlockList {
  const list = new BlockList();
  for (const [address, prefixBits] of ranges) list.addSubnet(address, prefixBits, family);
  return list;
}
