import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutAtCharacter } from "../../lambdas/payload/utf8.ts";

const cut = (text: string, max: number) => Buffer.from(cutAtCharacter(Buffer.from(text), max)).toString();

describe("text that is cut at a number of bytes", () => {
  it.each([
    ["abc", 3, "abc"],
    ["abcd", 3, "abc"],
    ["aé", 3, "aé"],
    ["aaé", 3, "aa"],
    ["a€", 3, "a"],
    ["a\u{1F600}", 4, "a"],
    ["\u{1F600}\u{1F600}", 4, "\u{1F600}"],
    ["\u{1F600}", 3, ""],
  ])("%j at %i is %j", (text, max, expected) => {
    expect(cut(text, max)).toBe(expected);
  });

  it("a cut keeps whole characters, and at most three bytes less than allowed", () => {
    const cutsWhole = fc.property(fc.string({ unit: "grapheme" }), fc.nat(40), (text, max) => {
      const kept = cut(text, max);
      const bytes = Buffer.byteLength(kept);
      return text.startsWith(kept) && bytes <= max && (kept === text || bytes > max - 4);
    });
    fc.assert(cutsWhole);
  });

  it("bytes that are not UTF-8 are cut where they are", () => {
    const bytes = Uint8Array.from({ length: 10 }, () => 0xff);
    expect(cutAtCharacter(bytes, 4)).toEqual(bytes.subarray(0, 4));
    const continued = Uint8Array.from({ length: 10 }, () => 0x80);
    expect(cutAtCharacter(continued, 4)).toEqual(continued.subarray(0, 4));
  });
});
