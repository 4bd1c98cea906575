import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CALLBACK_TYPE_NAMES,
  type CallbackSet,
  type CallbackSpec,
  EMPTY_CALLBACK_SET,
  placed,
} from "../../lambdas/mailjet/model/callback.ts";
import { registered, revised, withoutCallback, withoutEndpoints } from "../../lambdas/mailjet/model/callback-set.ts";
import { managedFieldsByEndpoint } from "../../lambdas/mailjet/model/endpoint-of-callbacks.ts";

const specOf = (eventType: CallbackSpec["eventType"], url: string, more: Partial<CallbackSpec> = {}): CallbackSpec => ({
  eventType,
  url,
  version: 1,
  isBackup: false,
  ...more,
});
let made = 0;
const newEndpoint = () => `ep_${++made}`;
/** The callback set after these callbacks were registered one after the other. */
function setOf(...specs: readonly CallbackSpec[]): CallbackSet {
  return specs.reduce(
    (callbackSet, spec) => after(registered(callbackSet, spec, 7, newEndpoint(), 0)),
    EMPTY_CALLBACK_SET,
  );
}
function after(change: ReturnType<typeof revised>): CallbackSet {
  if (change === undefined || change === "taken") throw new Error(`Nothing was changed: ${change ?? "unknown id"}`);
  return change.callbackSet;
}
const revise = (callbackSet: CallbackSet, id: number, to: CallbackSpec) =>
  after(revised(callbackSet, id, to, newEndpoint()));
const endpointsOf = (callbackSet: CallbackSet) => placed(callbackSet).map(({ endpoint }) => endpoint);

describe("the callbacks of one account", () => {
  it("callbacks with the same url, credentials, version and rank share an endpoint with all their types", () => {
    const callbackSet = setOf(specOf("open", "a"), specOf("click", "a"));
    expect([...managedFieldsByEndpoint(callbackSet).values()]).toEqual([{ url: "a", eventTypes: ["click", "open"] }]);
    expect(placed(callbackSet)).toMatchObject([
      { id: 1, eventType: "open", apiKeyId: 7 },
      { id: 2, eventType: "click" },
    ]);
  });

  it.each<[string, Partial<CallbackSpec>]>([
    ["url", { url: "b" }],
    ["credentials", { userinfo: { user: "u", password: "p" } }],
    ["version", { version: 2 }],
    ["rank", { isBackup: true }],
  ])("callbacks with a different %s have different endpoints", (_, other) => {
    expect(new Set(endpointsOf(setOf(specOf("open", "a"), specOf("click", "a", other)))).size).toBe(2);
  });

  it("a type and rank can have only one callback", () => {
    const callbackSet = setOf(specOf("open", "a"));
    expect(registered(callbackSet, specOf("open", "b"), 7, "ep_x", 0)).toBe("taken");
    expect(registered(callbackSet, specOf("open", "b", { isBackup: true }), 7, "ep_x", 0)).not.toBe("taken");
    const two = setOf(specOf("open", "a"), specOf("click", "a"));
    expect(revised(two, 2, specOf("open", "a"), "ep_x")).toBe("taken");
    expect(revised(two, 3, specOf("open", "a"), "ep_x")).toBeUndefined();
  });

  it("the id of a deleted callback is not used again", () => {
    const callbackSet = withoutCallback(setOf(specOf("open", "a"), specOf("click", "a")), 2, 0);
    expect(registered(callbackSet ?? EMPTY_CALLBACK_SET, specOf("spam", "a"), 7, "ep_x", 0)).toMatchObject({ id: 3 });
  });

  it("version 2 groups events, and a backup callback replaces the endpoints of its types", () => {
    const callbackSet = setOf(
      specOf("open", "a", { version: 2 }),
      specOf("click", "b"),
      specOf("open", "c", { isBackup: true }),
      specOf("spam", "d", { isBackup: true }),
    );
    const [main] = endpointsOf(callbackSet);
    expect([...managedFieldsByEndpoint(callbackSet).values()]).toEqual([
      {
        url: "a",
        eventTypes: ["open"],
        group: { maxEvents: 100, maxBytes: 262_144, windowMs: 1_000 },
      },
      { url: "b", eventTypes: ["click"] },
      { url: "c", eventTypes: ["open"], backupOf: [main] },
      { url: "d", eventTypes: ["spam"], backupOf: [] },
    ]);
  });
});

describe("a callback that gets another url", () => {
  it("a callback that has its endpoint alone keeps it when its url changes", () => {
    const before = setOf(specOf("open", "a"));
    const moved = revise(before, 1, specOf("open", "b"));
    expect(endpointsOf(moved)).toEqual(endpointsOf(before));
    expect([...managedFieldsByEndpoint(moved).values()]).toEqual([{ url: "b", eventTypes: ["open"] }]);
  });

  it("a callback that shares its endpoint leaves the others there when its url changes", () => {
    const moved = revise(setOf(specOf("open", "a"), specOf("click", "a")), 1, specOf("open", "b"));
    expect([...managedFieldsByEndpoint(moved).values()]).toEqual([
      { url: "a", eventTypes: ["click"] },
      { url: "b", eventTypes: ["open"] },
    ]);
  });

  it("a callback that moves to another callback's url joins its endpoint, and the old endpoint follows with its backlog", () => {
    const both = setOf(specOf("open", "a"), specOf("click", "a"));
    const first = revise(both, 1, specOf("open", "b"));
    const second = revise(first, 2, specOf("click", "b"));
    expect(new Set(endpointsOf(second)).size).toBe(1);
    expect([...managedFieldsByEndpoint(second).values()]).toEqual([
      { url: "b", eventTypes: [] },
      { url: "b", eventTypes: ["click", "open"] },
    ]);
    // The old endpoint follows the last callback that left it.
    const third = revise(withoutCallback(second, 1, 0) ?? EMPTY_CALLBACK_SET, 2, specOf("click", "c"));
    expect([...managedFieldsByEndpoint(third).values()]).toEqual([
      { url: "c", eventTypes: [] },
      { url: "c", eventTypes: ["click"] },
    ]);
  });

  it("a new callback does not join an endpoint that only delivers its backlog if there is another one", () => {
    const both = setOf(specOf("open", "a"), specOf("click", "a"));
    const moved = revise(revise(both, 1, specOf("open", "b")), 2, specOf("click", "b"));
    const joined = after(registered(moved, specOf("spam", "b"), 7, "ep_x", 0));
    expect(new Set(endpointsOf(joined)).size).toBe(1);
  });
});

describe("a callback that is deleted", () => {
  it("deleting the last callback of an endpoint deletes the endpoint", () => {
    expect(withoutCallback(setOf(specOf("open", "a")), 1, 0)).toMatchObject({ endpoints: [], callbacks: [] });
    const left = withoutCallback(setOf(specOf("open", "a"), specOf("click", "a")), 1, 0);
    expect([...managedFieldsByEndpoint(left ?? EMPTY_CALLBACK_SET).values()]).toEqual([
      { url: "a", eventTypes: ["click"] },
    ]);
    expect(withoutCallback(EMPTY_CALLBACK_SET, 1, 0)).toBeUndefined();
  });

  it("deleting an endpoint deletes its callbacks", () => {
    const callbackSet = setOf(specOf("open", "a"), specOf("click", "a"), specOf("spam", "b"));
    const [gone = ""] = endpointsOf(callbackSet);
    expect(placed(withoutEndpoints(callbackSet, [gone]))).toMatchObject([{ eventType: "spam" }]);
  });
});

describe("random changes of an account's callbacks", () => {
  const anySpec = fc.record({
    eventType: fc.constantFrom(...CALLBACK_TYPE_NAMES.slice(0, 4)),
    url: fc.constantFrom("a", "b"),
    version: fc.constantFrom(1, 2) as fc.Arbitrary<1 | 2>,
    isBackup: fc.boolean(),
  });
  const anyStep = fc.record({
    do: fc.constantFrom("add", "revise", "delete"),
    id: fc.integer({ min: 1, max: 8 }),
    spec: anySpec,
  });

  it("after random changes each callback has an endpoint with its type and target, and no two endpoints share a target", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 20 }), (steps) => {
        let callbackSet = EMPTY_CALLBACK_SET;
        for (const { do: what, id, spec } of steps) {
          const change =
            what === "add"
              ? registered(callbackSet, spec, 7, newEndpoint(), 0)
              : revised(callbackSet, id, spec, newEndpoint());
          const next =
            what === "delete"
              ? withoutCallback(callbackSet, id, 0)
              : typeof change === "object"
                ? change.callbackSet
                : undefined;
          if (next !== undefined) expect(next.version).toBe(callbackSet.version + 1);
          callbackSet = next ?? callbackSet;
        }
        const parts = managedFieldsByEndpoint(callbackSet);
        for (const { eventType, endpoint, url, isBackup } of placed(callbackSet)) {
          expect(parts.get(endpoint)).toMatchObject({ url, eventTypes: expect.arrayContaining([eventType]) });
          expect(parts.get(endpoint)?.backupOf !== undefined).toBe(isBackup);
        }
        expect(placed(callbackSet)).toHaveLength(callbackSet.callbacks.length);
        const named = new Set(callbackSet.callbacks.map(({ endpoint }) => endpoint));
        const targets = callbackSet.endpoints
          .filter(({ id }) => named.has(id))
          .map(({ url, version, isBackup }) => `${url} ${version} ${isBackup}`);
        expect(new Set(targets).size).toBe(targets.length);
        expect(new Set(placed(callbackSet).map(({ eventType, isBackup }) => `${eventType}|${isBackup}`)).size).toBe(
          callbackSet.callbacks.length,
        );
      }),
    );
  });
});
