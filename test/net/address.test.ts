import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isLoopback, isPublic } from "../../lambdas/adapters/net/address.ts";

type Bits = 32 | 128;
interface Range {
  readonly text: string;
  readonly first: bigint;
  readonly last: bigint;
}

// Written independently of the code: the rows of IANA's registries that are not globally reachable, multicast, and the
// ranges around 2000::/3.
const V4 = ranges(
  32,
  "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 255.255.255.255/32",
);
const V6 = ranges(
  128,
  "::/128 ::1/128 ::/96 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32 2001:2::/48 2001:10::/28 2001:20::/28 2001:30::/28 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8 ::/3 4000::/2 8000::/1",
);

const inRanges = (list: readonly Range[], address: bigint) =>
  list.some(({ first, last }) => first <= address && address <= last);

describe.each([
  ["IPv4", 32, V4],
  ["IPv6", 128, V6],
] as const)("%s addresses", (_kind, bits, list) => {
  const named = list.map((range) => [range.text, range] as const);
  it.each(named)(
    "%s addresses are not public from the first to the last of a range, and public or not next to it",
    (_text, { first, last }) => {
      expect([first, last].map((address) => isPublic(written(address, bits)))).toEqual([false, false]);
      const besides = [first - 1n, last + 1n].filter((address) => address >= 0n && address < 1n << BigInt(bits));
      for (const address of besides) {
        const text = written(address, bits);
        expect({ text, isPublic: isPublic(text) }).toEqual({ text, isPublic: !inRanges(list, address) });
      }
    },
  );

  it("an address in a private range is never public", () => {
    const inside = fc.constantFrom(...list).chain(({ first, last }) => fc.bigInt({ min: first, max: last }));
    fc.assert(
      fc.property(inside, (address) => !isPublic(written(address, bits))),
      { numRuns: 2_000 },
    );
  });

  it("an address outside the private ranges is public", () => {
    const any = fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }).filter((address) => !inRanges(list, address));
    fc.assert(
      fc.property(any, (address) => isPublic(written(address, bits))),
      { numRuns: 2_000 },
    );
  });
});

describe("addresses", () => {
  it.each([
    "1.1.1.1",
    "8.8.8.8",
    "192.31.196.1",
    "192.52.193.1",
    "192.175.48.1",
    "2606:4700::1111",
    "2620:4f:8000::1",
    "2001:200::1",
    "2a00:1450:4001::200e",
    "2000::",
    "3ffe:ffff::",
  ])("an address that the registries call globally reachable is public: %s", (address) => {
    expect(isPublic(address)).toBe(true);
  });

  it("an IPv4 address in an IPv6 address is never public", () => {
    const v4 = fc.ipV4();
    fc.assert(
      fc.property(v4, (address) =>
        ["::ffff:", "::", "::ffff:0:", "64:ff9b::", "64:ff9b:1::"].every((prefix) => !isPublic(`${prefix}${address}`)),
      ),
    );
    fc.assert(
      fc.property(
        v4,
        v4,
        (address, server) =>
          !isPublic(`2002:${hex(address)}::1`) && !isPublic(`2001:0:${hex(server)}::${hex(address)}`),
      ),
    );
  });

  it("an address with a zone is not public", () => {
    expect(["fe80::1%eth0", "fe80::1%1", "2606:4700::1111%eth0", "::1%lo"].filter(isPublic)).toEqual([]);
  });

  it("a string that is not an address is not public", () => {
    fc.assert(fc.property(fc.string(), (text) => !isPublic(text) && !isLoopback(text)));
    expect(
      ["", "localhost", "127.1", "2130706433", "8.8.8.8 ", "[2606:4700::1111]", "8.8.8.8/8", "08.8.8.8"].filter(
        isPublic,
      ),
    ).toEqual([]);
  });

  it("an address is loopback only in 127.0.0.0/8 and for ::1", () => {
    expect(["127.0.0.0", "127.0.0.1", "127.255.255.255", "::1", "0:0:0:0:0:0:0:1"].every(isLoopback)).toBe(true);
    expect(
      [
        "126.255.255.255",
        "128.0.0.0",
        "10.0.0.1",
        "0.0.0.0",
        "::",
        "::2",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::127.0.0.1",
        "fe80::1",
      ].filter(isLoopback),
    ).toEqual([]);
  });
});

function ranges(bits: Bits, texts: string): Range[] {
  return texts.split(" ").map((text) => {
    const [address = "", prefixBits] = text.split("/");
    const first = numberOf(address);
    return { text, first, last: first + (1n << BigInt(bits - Number(prefixBits))) - 1n };
  });
}

function numberOf(address: string): bigint {
  if (!address.includes(":")) return address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [heads = [], tails = []] = address.split("::").map((half) => half.split(":").filter((group) => group !== ""));
  return [...heads, ...Array<string>(8 - heads.length - tails.length).fill("0"), ...tails].reduce(
    (sum, group) => sum * 65536n + BigInt(`0x${group}`),
    0n,
  );
}

function written(address: bigint, bits: Bits): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join(".");
  return [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) => ((address >> shift) & 65535n).toString(16)).join(":");
}

function hex(v4: string): string {
  const digits = numberOf(v4).toString(16).padStart(8, "0");
  return `${digits.slice(0, 4)}:${digits.slice(4)}`;
}
