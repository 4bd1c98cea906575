import { marshall } from "@aws-sdk/util-dynamodb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromAttributes, toAttributes } from "../../../lambdas/adapters/dynamodb/table/attribute-values.ts";

const scalar = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }).map((value) => value + 0),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.uint8Array(),
  fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1 }).map((members) => new Set(members)),
);
const { item } = fc.letrec<{ value: unknown; item: Record<string, unknown> }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie("value")), tie("item")),
  // The SDK loses a field with this name.
  item: fc.dictionary(
    fc.string().filter((name) => name !== "__proto__"),
    tie("value"),
  ),
}));

/** As the SDK sends it: JSON, with bytes in base64. */
const sent = (value: unknown) =>
  JSON.parse(
    JSON.stringify(value, (_, each) => (each instanceof Uint8Array ? Buffer.from(each).toString("base64") : each)),
  );
/** Without the undefined values of objects and lists, which are not stored. */
const stored = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.filter((each) => each !== undefined).map(stored);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || value instanceof Set) return value;
  const present = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(present.map(([name, each]) => [name, stored(each)]));
};

describe("items of the table", () => {
  it("are written as the SDK writes them", () => {
    fc.assert(
      fc.property(item, (fields) => {
        expect(sent(toAttributes(fields))).toEqual(sent(marshall(fields, { removeUndefinedValues: true })));
      }),
    );
  });

  it("are read as they were written", () => {
    fc.assert(
      fc.property(item, (fields) => {
        expect(fromAttributes(sent(toAttributes(fields)))).toEqual(stored(fields));
      }),
    );
  });

  it("a field with the name __proto__ is a field like any other", () => {
    const fields = { in: JSON.parse('{"__proto__":{"a":1}}') };
    const read = fromAttributes(sent(toAttributes(fields)));
    expect(JSON.stringify(read)).toBe('{"in":{"__proto__":{"a":1}}}');
  });

  it.each([
    ["a date", new Date(0)],
    ["an empty set", new Set()],
    ["a set of numbers", new Set([1])],
    ["a number that is not exact", 2 ** 60],
    ["not a number", Number.NaN],
    ["a function", () => 1],
    ["a map", new Map()],
  ])("%s is not written", (_, value) => {
    expect(() => toAttributes({ value })).toThrow(TypeError);
  });

  it.each([{ value: { NS: ["1"] } }, { value: { M: "" } }, { value: "text" }])(
    "an attribute of an unknown type is not read: %j",
    (attributes) => {
      expect(() => fromAttributes(attributes)).toThrow(TypeError);
    },
  );
});
