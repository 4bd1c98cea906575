/** The ways to write the four bytes of an address in a URL. */
export function spellings(address: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
  const [circled, fullwidth] = [circledDigits(address), wideDigits(address)];
  const value = ((a * 256 + b) * 256 + c) * 256 + d;
  const octal = (part: number) => `0${part.toString(8)}`;
  const hex = (part: number) => `0x${part.toString(16)}`;
  const low = ((a * 256 + b) * 256 + c).toString(16);
  const hosts = [
    address,
    String(value),
    hex(value),
    octal(value),
    hex(value).toUpperCase(),
    [a, b, c, d].map(octal).join("."),
    [a, b, c, d].map(hex).join("."),
    [hex(a), b, octal(c), d].join("."),
    `${a}.${b}.${c * 256 + d}`,
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${octal(a)}.${hex((b * 256 + c) * 256 + d)}`,
    `000000${octal(a)}.${b}.${c}.${d}`,
    fullwidth,
    circled,
    address.replaceAll(".", "。"),
    address.replaceAll(".", "．"),
    address.replaceAll(".", "｡"),
    address.replaceAll(".", "%2e"),
    address.replaceAll(".", "%E3%80%82"),
    [...address].map((char) => `%${char.charCodeAt(0).toString(16)}`).join(""),
    `[::ffff:${address}]`,
    `[::FFFF:${address}]`,
    `[0:0:0:0:0:ffff:${address}]`,
    `[::ffff:0:${address}]`,
    `[::${address}]`,
    `[64:ff9b::${address}]`,
    `[64:ff9b:1::${address}]`,
    `[2002:${low.padStart(6, "0").slice(0, 4)}:${(c * 256 + d).toString(16)}::1]`,
    `[2001:0:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::]`,
    `[::ffff:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}]`,
  ];
  return [
    ...hosts,
    ...hosts
      .filter((host) => !host.endsWith("]"))
      .flatMap((host) => [`${host}.`, `${host}%2e`, `${host}..`, `${host}。`]),
  ];
}
const circledDigits = (text: string) =>
  text.replace(/\d/g, (digit) => (digit === "0" ? "⓪" : String.fromCodePoint(0x2460 + Number(digit) - 1)));
const wideDigits = (text: string) => text.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
