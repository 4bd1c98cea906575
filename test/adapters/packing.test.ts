import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packed } from "../../lambdas/adapters/aws/packing.ts";
import { mergeShards } from "../../lambdas/adapters/dynamodb/table/merge-shards.ts";
import { mergePatch } from "../../lambdas/shared/merge-patch.ts";

describe("packing events into messages", () => {
  const limits = { items: 25, bytes: 1_000 };

  it("messages hold every event once, in order and within both limits unless a single event is larger", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_500 }), { maxLength: 200 }), (sizes) => {
        const messages = packed(sizes, limits, (size) => size);
        expect(messages.flat()).toEqual(sizes);
        return messages.every(
          (message) =>
            message.length === 1 ||
            (message.length <= limits.items && message.reduce((a, b) => a + b, 0) <= limits.bytes),
        );
      }),
    );
  });

  it("a message holds as many events as its limit", () => {
    expect(packed(Array(25).fill(1), limits, () => 1).map((message) => message.length)).toEqual([25]);
    expect(packed(Array(26).fill(1), limits, () => 1).map((message) => message.length)).toEqual([25, 1]);
    expect(packed([400, 600], limits, (size) => size)).toHaveLength(1);
    expect(packed([401, 600], limits, (size) => size)).toHaveLength(2);
  });
});

describe("merging lists of shards", () => {
  it.each(["newest first", "oldest first"] as const)(
    "a list merged from shards has every item once, %s, for any page size",
    (order) => {
      const isBefore = (a: string, b: string) => (order === "newest first" ? a > b : a < b);
      const shards = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { maxLength: 30 }), {
        minLength: 1,
        maxLength: 8,
      });
      fc.assert(
        fc.property(
          shards,
          fc.integer({ min: 1, max: 10 }),
          fc.integer({ min: 1, max: 10 }),
          (raw, limit, perShard) => {
            const ids = raw.map((shard, i) =>
              shard.map((n) => `${String(n).padStart(3, "0")}-${i}`).sort((a, b) => (isBefore(a, b) ? -1 : 1)),
            );
            const read: string[] = [];
            for (let next: string | undefined = order === "newest first" ? "~" : "!"; next !== undefined; ) {
              const from: string = next;
              const parts = ids.map((shard) => {
                const rest = shard.filter((id) => isBefore(from, id));
                const items = rest.slice(0, perShard);
                const readTo = items.at(-1);
                return { items, ...(rest.length > items.length && readTo !== undefined && { readTo }) };
              });
              const page = mergeShards(parts, (id) => id, limit, order);
              read.push(...page.items);
              next = page.next;
            }
            expect(read).toEqual(ids.flat().sort((a, b) => (isBefore(a, b) ? -1 : 1)));
          },
        ),
      );
    },
  );
});

describe("merge patches (RFC 7396, appendix A)", () => {
  it.each([
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [
      ["a", "b"],
      ["c", "d"],
      ["c", "d"],
    ],
    [{ a: "b" }, ["c"], ["c"]],
    [{ a: "foo" }, null, null],
    [{ a: "foo" }, "bar", "bar"],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])("patching %j with %j gives %j", (target, patch, expected) => {
    expect(mergePatch(target, patch)).toEqual(expected);
  });

  it("a merge patch keeps a member named __proto__", () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__":{"isAdmin":true}}'));
    expect(Object.hasOwn(Object(merged), "__proto__")).toBe(true);
    expect(Reflect.get({}, "isAdmin")).toBeUndefined();
  });
});
