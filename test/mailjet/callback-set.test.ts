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

const wish = (eventType: CallbackSpec["eventType"], url: string, more: Partial<CallbackSpec> = {}): CallbackSpec => ({
  eventType,
  url,
  version: 1,
  isBackup: false,
  ...more,
});
let made = 0;
const newEndpoint = () => `ep_${++made}`;
/** The callbackSet after wishes, one after the other. */
function bookOf(...wishes: readonly CallbackSpec[]): CallbackSet {
  return wishes.reduce((callbackSet, one) => after(registered(callbackSet, one, 7, newEndpoint())), EMPTY_CALLBACK_SET);
}
function after(change: ReturnType<typeof revised>): CallbackSet {
  if (change === undefined || change === "taken") throw new Error(`Nothing was changed: ${change ?? "unknown id"}`);
  return change.callbackSet;
}
const revise = (callbackSet: CallbackSet, id: number, to: CallbackSpec) =>
  after(revised(callbackSet, id, to, newEndpoint()));
const endpointsOf = (callbackSet: CallbackSet) => placed(callbackSet).map(({ endpoint }) => endpoint);

describe("callbacks of one account", () => {
  it("share an endpoint where url, credentials, version and rank are the same, their types united", () => {
    const callbackSet = bookOf(wish("open", "a"), wish("click", "a"));
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
  ])("have an endpoint each where the %s differs", (_, other) => {
    expect(new Set(endpointsOf(bookOf(wish("open", "a"), wish("click", "a", other)))).size).toBe(2);
  });

  it("are one per type and rank", () => {
    const callbackSet = bookOf(wish("open", "a"));
    expect(registered(callbackSet, wish("open", "b"), 7, "ep_x")).toBe("taken");
    expect(registered(callbackSet, wish("open", "b", { isBackup: true }), 7, "ep_x")).not.toBe("taken");
    const two = bookOf(wish("open", "a"), wish("click", "a"));
    expect(revised(two, 2, wish("open", "a"), "ep_x")).toBe("taken");
    expect(revised(two, 3, wish("open", "a"), "ep_x")).toBeUndefined();
  });

  it("never get an id twice", () => {
    const callbackSet = withoutCallback(bookOf(wish("open", "a"), wish("click", "a")), 2);
    expect(registered(callbackSet ?? EMPTY_CALLBACK_SET, wish("spam", "a"), 7, "ep_x")).toMatchObject({ id: 3 });
  });

  it("ask for groups in version 2, and stand in for those of their types as backups", () => {
    const callbackSet = bookOf(
      wish("open", "a", { version: 2 }),
      wish("click", "b"),
      wish("open", "c", { isBackup: true }),
      wish("spam", "d", { isBackup: true }),
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
  it("takes its endpoint along where it has that for itself, and what waits there with it", () => {
    const before = bookOf(wish("open", "a"));
    const moved = revise(before, 1, wish("open", "b"));
    expect(endpointsOf(moved)).toEqual(endpointsOf(before));
    expect([...managedFieldsByEndpoint(moved).values()]).toEqual([{ url: "b", eventTypes: ["open"] }]);
  });

  it("leaves the others where they are", () => {
    const moved = revise(bookOf(wish("open", "a"), wish("click", "a")), 1, wish("open", "b"));
    expect([...managedFieldsByEndpoint(moved).values()]).toEqual([
      { url: "a", eventTypes: ["click"] },
      { url: "b", eventTypes: ["open"] },
    ]);
  });

  it("joins one that is there, and the endpoint it leaves goes there too, for what waits", () => {
    const both = bookOf(wish("open", "a"), wish("click", "a"));
    const first = revise(both, 1, wish("open", "b"));
    const second = revise(first, 2, wish("click", "b"));
    expect(new Set(endpointsOf(second)).size).toBe(1);
    expect([...managedFieldsByEndpoint(second).values()]).toEqual([
      { url: "b", eventTypes: [] },
      { url: "b", eventTypes: ["click", "open"] },
    ]);
    // And wherever the last of those goes that it followed.
    const third = revise(withoutCallback(second, 1) ?? EMPTY_CALLBACK_SET, 2, wish("click", "c"));
    expect([...managedFieldsByEndpoint(third).values()]).toEqual([
      { url: "c", eventTypes: [] },
      { url: "c", eventTypes: ["click"] },
    ]);
  });

  it("is not joined by others on an endpoint that only delivers what waits, where there is another", () => {
    const both = bookOf(wish("open", "a"), wish("click", "a"));
    const moved = revise(revise(both, 1, wish("open", "b")), 2, wish("click", "b"));
    const joined = after(registered(moved, wish("spam", "b"), 7, "ep_x"));
    expect(new Set(endpointsOf(joined)).size).toBe(1);
  });
});

describe("a callback that is deleted", () => {
  it("takes its endpoint with it where no other has it", () => {
    expect(withoutCallback(bookOf(wish("open", "a")), 1)).toMatchObject({ endpoints: [], callbacks: [] });
    const left = withoutCallback(bookOf(wish("open", "a"), wish("click", "a")), 1);
    expect([...managedFieldsByEndpoint(left ?? EMPTY_CALLBACK_SET).values()]).toEqual([
      { url: "a", eventTypes: ["click"] },
    ]);
    expect(withoutCallback(EMPTY_CALLBACK_SET, 1)).toBeUndefined();
  });

  it("goes with its endpoint", () => {
    const callbackSet = bookOf(wish("open", "a"), wish("click", "a"), wish("spam", "b"));
    const [gone = ""] = endpointsOf(callbackSet);
    expect(placed(withoutEndpoints(callbackSet, [gone]))).toMatchObject([{ eventType: "spam" }]);
  });
});

describe("whatever is done to an account's callbacks", () => {
  const anyWish = fc.record({
    eventType: fc.constantFrom(...CALLBACK_TYPE_NAMES.slice(0, 4)),
    url: fc.constantFrom("a", "b"),
    version: fc.constantFrom(1, 2) as fc.Arbitrary<1 | 2>,
    isBackup: fc.boolean(),
  });
  const anyStep = fc.record({
    do: fc.constantFrom("add", "revise", "delete"),
    id: fc.integer({ min: 1, max: 8 }),
    wish: anyWish,
  });

  it("each has an endpoint with its type and target, and no two endpoints want events of one target", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 20 }), (steps) => {
        let callbackSet = EMPTY_CALLBACK_SET;
        for (const { do: what, id, wish } of steps) {
          const change =
            what === "add"
              ? registered(callbackSet, wish, 7, newEndpoint())
              : revised(callbackSet, id, wish, newEndpoint());
          const next =
            what === "delete"
              ? withoutCallback(callbackSet, id)
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
