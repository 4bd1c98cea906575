import { describe, expect, it } from "vitest";
import type { EndedDelivery, LoggedEvent, PendingDelivery } from "../../lambdas/delivery/model/delivery.ts";
import type { Condition } from "../../lambdas/endpoints/model/conditional-update.ts";
import type { Endpoint } from "../../lambdas/endpoints/model/endpoint.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { lowestId, newId } from "../../lambdas/shared/ids.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { seededRandom } from "../../local/simulator/memory/clock.ts";
import { endpointWith, eventWith } from "../support/examples.ts";
import { openWorld, WORLDS } from "./worlds.ts";

const { next: random, bytes } = seededRandom(7);
const NEVER = 4_000_000_000_000;
let accountsMade = 0;
const newAccount = () => `account-${++accountsMade}`;
const stateOf = ({ id, account }: Endpoint) => newState(id, account, 5);
const logged = (more: Partial<LoggedEvent>): LoggedEvent => ({
  ...eventWith(more),
  delivered: {},
  parked: {},
  withheld: {},
  resentTo: [],
  keptUntil: NEVER,
  ...more,
});
const pendingWith = (endpoint: string, more: Partial<PendingDelivery> = {}): PendingDelivery => ({
  endpoint,
  account: "acme",
  eventId: newId("evt", Date.now(), random),
  type: "t",
  failures: 0,
  dueAt: 9,
  attempts: [],
  keptUntil: NEVER,
  ...more,
});

describe.each(WORLDS)("the ports: %s", (world) => {
  const open = openWorld(world);

  describe("keys", () => {
    it("are found as they were added, and nothing else is", async () => {
      const { keys } = open();
      const key = {
        id: newId("key", 1, random),
        account: "acme",
        scopes: ["send", "read"] as const,
        name: "ci",
        prefix: "aB3x",
        secretHash: "ab",
        createdAt: 7,
      };
      await keys.add(key);
      expect(await keys.find(key.id)).toEqual(key);
      expect(await keys.find(newId("key", 1, random))).toBeUndefined();
    });

    it("are listed for their account, oldest first, until they are removed, and know when they were used", async () => {
      const { keys } = open();
      const account = newAccount();
      const own = [1, 2].map((at) => ({
        id: newId("key", at, random),
        account,
        scopes: ["send"] as const,
        name: "",
        prefix: "abcd",
        secretHash: "ab",
        createdAt: at,
        validUntil: 9,
      }));
      const [older, newer] = own;
      if (older === undefined || newer === undefined) throw new Error("two were made");
      await keys.add(newer);
      await keys.add(older);
      expect(await keys.list(account)).toEqual(own);
      expect(await keys.list(newAccount())).toEqual([]);
      await keys.noteUsed(newer.id, 70);
      await keys.remove(older);
      await keys.remove(older);
      await keys.noteUsed(older.id, 70);
      expect(await keys.list(account)).toEqual([{ ...newer, lastUsedAt: 70 }]);
      expect(await keys.find(older.id)).toBeUndefined();
      const other = { ...older, account: newAccount() };
      await keys.add(other);
      await keys.removeAll(account);
      expect(await keys.find(newer.id)).toBeUndefined();
      expect(await keys.list(account)).toEqual([]);
      expect(await keys.list(other.account)).toEqual([other]);
    });
  });

  describe("accounts", () => {
    const config = { name: "Acme Ltd.", retentionDays: 7, limits: { endpoints: 9, eventsPerSecond: 5 } };

    it("that nobody has set up have the defaults, and are not listed", async () => {
      const { accounts } = open();
      const id = newAccount();
      expect(await accounts.find(id)).toEqual({
        id,
        name: "",
        retentionDays: 30,
        limits: { endpoints: 50 },
        revision: 0,
      });
      expect((await accounts.list({ after: `${id}!`.slice(0, -2), limit: 1_000 })).items).not.toContainEqual(
        expect.objectContaining({ id }),
      );
    });

    it("are listed by id, page by page, from when they were registered or put", async () => {
      const { accounts } = open();
      const prefix = `list-${newAccount()}`;
      const ids = ["a", "b", "c"].map((end) => `${prefix}-${end}`);
      for (const id of ids.toReversed()) await accounts.register(id, 3);
      await accounts.register(ids[0] ?? "", 4);
      await accounts.put(ids[1] ?? "", config, 5);
      const first = await accounts.list({ after: prefix, limit: 2 });
      expect(first.items).toMatchObject([
        { id: ids[0], createdAt: 3, updatedAt: 3 },
        { ...config, id: ids[1], createdAt: 3, updatedAt: 5 },
      ]);
      expect(first.next).toBe(ids[1]);
      const [third] = (await accounts.list({ after: first.next ?? "", limit: 2 })).items;
      expect(third).toMatchObject({ id: ids[2] });
      expect(await accounts.read([ids[1] ?? "", "nobody"])).toEqual(
        new Map([
          [ids[1], await accounts.find(ids[1] ?? "")],
          ["nobody", await accounts.find("nobody")],
        ]),
      );
    });

    it("are all read, however many are asked for", async () => {
      const { accounts } = open();
      const ids = Array.from({ length: 130 }, newAccount);
      expect([...(await accounts.read(ids)).keys()]).toEqual(ids);
    });

    it("lose what is put when it is left out", async () => {
      const { accounts } = open();
      const id = newAccount();
      expect(await accounts.put(id, config, 5)).toBe(true);
      expect(await accounts.put(id, { name: "", retentionDays: 30, limits: { endpoints: 50 } }, 6)).toBe(true);
      expect((await accounts.find(id)).limits).toEqual({ endpoints: 50 });
    });

    it("cannot be put while they are deleted, and are others after that", async () => {
      const { accounts, endpoints } = open();
      const id = newAccount();
      const endpoint = endpointWith({ account: id });
      await endpoints.add(endpoint, stateOf(endpoint));
      await accounts.put(id, config, 5);
      await accounts.beginDeletion(id, 6);
      await accounts.beginDeletion(id, 7);
      const begun = { requestedAt: 6, phase: "cancelling", endpoints: [], eventsErased: 0 } as const;
      expect(await accounts.find(id)).toMatchObject({ ...config, deletion: begun });
      expect(await accounts.deleting()).toContainEqual({ id, requestedAt: 6 });
      expect(await accounts.put(id, config, 8)).toBe(false);
      await accounts.noteDeletion(id, { ...begun, phase: "erasing", endpoints: ["ep_1"], eventsErased: 3 });
      expect(await accounts.put(id, config, 8)).toBe(false);
      expect((await accounts.find(id)).deletion).toEqual({
        requestedAt: 6,
        phase: "erasing",
        endpoints: ["ep_1"],
        eventsErased: 3,
      });
      await accounts.noteDeletion(id, { ...begun, phase: "done" });
      expect(await accounts.deleting()).not.toContainEqual(expect.objectContaining({ id }));
      const gone = await accounts.find(id);
      expect(gone).toMatchObject({ name: "", deletion: { phase: "done" } });
      expect(gone.createdAt).toBeUndefined();
      const listed = await accounts.list({ limit: 1_000 });
      expect(listed.items.map((one) => one.id)).not.toContain(id);
      expect(await accounts.put(id, config, 9)).toBe(true);
      const made = await accounts.find(id);
      expect(made).toMatchObject({ ...config, createdAt: 9, eventsSince: 6 + 60_000 });
      // Somebody who comes late with the old deletion.
      for (const phase of ["cancelling", "erasing", "done"] as const)
        expect(await accounts.noteDeletion(id, { ...begun, phase })).toBe(false);
      await accounts.beginDeletion(id, 20);
      await accounts.strikeDeletion(id, 6);
      expect(await accounts.noteDeletion(id, { ...begun, phase: "done" })).toBe(false);
      expect(await accounts.deleting()).toContainEqual({ id, requestedAt: 20 });
      expect((await accounts.find(id)).deletion).toEqual({ ...begun, requestedAt: 20 });
    });
  });

  describe("endpoints", () => {
    it("are listed whole, oldest first, for their own account, and move its revision", async () => {
      const { accounts, endpoints, states } = open();
      const account = newAccount();
      const before = (await accounts.find(account)).revision;
      const own = [1, 2, 3].map((at) =>
        endpointWith({
          id: newId("ep", at, random),
          account,
          userinfo: { user: "u", password: "p" },
          headers: { a: "1" },
          retrySchedule: [{ times: 5, everyMs: 1_000 }],
        }),
      );
      for (const endpoint of own.toReversed()) await endpoints.add(endpoint, stateOf(endpoint));
      expect(await endpoints.list(account)).toEqual(own);
      expect((await accounts.find(account)).revision).toBeGreaterThan(before);
      const [first = endpointWith({})] = own;
      expect(await endpoints.find(account, first.id)).toEqual(first);
      expect(await endpoints.find(newAccount(), first.id)).toBeUndefined();
      expect((await states.read([first.id])).get(first.id)).toEqual(stateOf(first));
    });

    it("that are added once more stay as they are, and so do their states", async () => {
      const { endpoints, states } = open();
      const endpoint = endpointWith({ account: newAccount() });
      await endpoints.add(endpoint, stateOf(endpoint));
      await states.update(endpoint.id, { set: { streak: 3 } });
      await endpoints.add({ ...endpoint, url: "https://example.com/other" }, stateOf(endpoint));
      expect(await endpoints.find(endpoint.account, endpoint.id)).toEqual(endpoint);
      expect((await states.read([endpoint.id])).get(endpoint.id)?.streak).toBe(3);
    });

    it("are replaced only by the next version, and move the revision", async () => {
      const { accounts, endpoints } = open();
      const endpoint = endpointWith({ account: newAccount() });
      await endpoints.add(endpoint, stateOf(endpoint));
      const before = (await accounts.find(endpoint.account)).revision;
      const changed = { ...endpoint, description: "new", version: 2 };
      expect(await endpoints.replace(changed)).toBe("replaced");
      expect(await endpoints.replace({ ...changed, description: "late" })).toBe("changed meanwhile");
      expect(await endpoints.find(endpoint.account, endpoint.id)).toEqual(changed);
      expect((await accounts.find(endpoint.account)).revision).toBe(before + 1);
    });

    it("are removed by their own account alone, and move the revision", async () => {
      const { accounts, endpoints } = open();
      const endpoint = endpointWith({ account: newAccount() });
      await endpoints.add(endpoint, stateOf(endpoint));
      await endpoints.remove(newAccount(), endpoint.id);
      expect(await endpoints.list(endpoint.account)).toEqual([endpoint]);
      const before = (await accounts.find(endpoint.account)).revision;
      await endpoints.remove(endpoint.account, endpoint.id);
      await endpoints.remove(endpoint.account, endpoint.id);
      expect(await endpoints.list(endpoint.account)).toEqual([]);
      expect((await accounts.find(endpoint.account)).revision).toBeGreaterThan(before);
    });

    it("cannot be replaced once they are removed", async () => {
      const { endpoints } = open();
      const endpoint = endpointWith({ account: newAccount() });
      await endpoints.add(endpoint, stateOf(endpoint));
      await endpoints.remove(endpoint.account, endpoint.id);
      expect(await endpoints.replace({ ...endpoint, version: 2 })).toBe("changed meanwhile");
    });
  });

  describe("callbacks", () => {
    const callbackSet = {
      version: 1,
      lastId: 2,
      endpoints: [
        { id: "ep_1", url: "https://example.com/", version: 1, isBackup: false },
        { id: "ep_2", url: "https://a.example/", userinfo: { user: "u", password: "p" }, version: 2, isBackup: true },
      ],
      callbacks: [{ id: 2, eventType: "open", endpoint: "ep_1", apiKeyId: 7 }],
    } as const;

    it("are none at first, then as they were put, and nobody else's", async () => {
      const { callbacks } = open();
      const account = newAccount();
      expect(await callbacks.read(account)).toEqual({ version: 0, lastId: 0, endpoints: [], callbacks: [] });
      expect(await callbacks.replace(account, callbackSet)).toBe(true);
      expect(await callbacks.read(account)).toEqual(callbackSet);
      expect((await callbacks.read(newAccount())).version).toBe(0);
    });

    it("are replaced only by the next version", async () => {
      const { callbacks } = open();
      const account = newAccount();
      expect(await callbacks.replace(account, { ...callbackSet, version: 2 })).toBe(false);
      expect(await callbacks.replace(account, callbackSet)).toBe(true);
      expect(await callbacks.replace(account, { ...callbackSet, lastId: 9 })).toBe(false);
      expect(await callbacks.replace(account, { ...callbackSet, version: 3 })).toBe(false);
      expect(await callbacks.replace(account, { ...callbackSet, version: 2, lastId: 3 })).toBe(true);
      expect(await callbacks.read(account)).toEqual({ ...callbackSet, version: 2, lastId: 3 });
    });

    it("are removed all together, whether or not there are any", async () => {
      const { callbacks } = open();
      const account = newAccount();
      await callbacks.replace(account, callbackSet);
      await callbacks.remove(account);
      await callbacks.remove(account);
      expect((await callbacks.read(account)).version).toBe(0);
      expect(await callbacks.replace(account, { ...callbackSet, version: 2 })).toBe(false);
    });
  });

  describe("counters", () => {
    const keptUntil = NEVER;

    it("add up in each window, kind and account, and tell what is there then", async () => {
      const { stats } = open();
      const [account, other] = [newAccount(), newAccount()];
      const add = (at: number, counts: Record<string, number>) =>
        stats.add("events", account, { at, counts }, keptUntil);
      expect(await add(600_000, { "type#open": 2, "outcome#delivered": 1 })).toEqual({
        "type#open": 2,
        "outcome#delivered": 1,
      });
      expect(await add(600_000, { "type#open": 1, "type#a.b-c": 5 })).toEqual({
        "type#open": 3,
        "type#a.b-c": 5,
        "outcome#delivered": 1,
      });
      await add(300_000, { "type#open": 1 });
      await add(900_000, { "type#open": 9 });
      await stats.add("emails", account, { at: 300_000, counts: { "mailjet#delivered#*": 4 } }, keptUntil);
      await stats.add("events", other, { at: 300_000, counts: { "type#open": 7 } }, keptUntil);
      expect(await stats.read("events", account, { from: 300_000, to: 900_000 })).toEqual([
        { at: 300_000, counts: { "type#open": 1 } },
        { at: 600_000, counts: { "type#open": 3, "type#a.b-c": 5, "outcome#delivered": 1 } },
      ]);
      expect(await stats.read("emails", account, { from: 0, to: 900_000 })).toEqual([
        { at: 300_000, counts: { "mailjet#delivered#*": 4 } },
      ]);
    });

    it("drop names that make room for others", async () => {
      const { stats } = open();
      const account = newAccount();
      const counts = { "mailjet#delivered#a.example": 3, "mailjet#delivered#b.example": 1 };
      await stats.add("emails", account, { at: 0, counts }, keptUntil);
      const addition = {
        counts: { "mailjet#delivered#c.example": 2, "mailjet#delivered#*": 1 },
        dropped: ["mailjet#delivered#b.example", "mailjet#delivered#unknown.example"],
      };
      const held = {
        "mailjet#delivered#a.example": 3,
        "mailjet#delivered#c.example": 2,
        "mailjet#delivered#*": 1,
      };
      expect(await stats.add("emails", account, { at: 0, ...addition }, keptUntil)).toEqual(held);
      expect(await stats.read("emails", account, { from: 0, to: 1 })).toEqual([{ at: 0, counts: held }]);
    });

    it("add up whoever adds at the same moment", async () => {
      const { stats } = open();
      const account = newAccount();
      const window = { at: 0, counts: { "type#t": 1 } };
      await Promise.all(Array.from({ length: 20 }, () => stats.add("events", account, window, keptUntil)));
      expect(await stats.read("events", account, { from: 0, to: 1 })).toEqual([{ at: 0, counts: { "type#t": 20 } }]);
    });

    it("have alerts, each in the place of the one that was seen, and show both to the watch", async () => {
      const { stats } = open();
      const [account, other] = [newAccount(), newAccount()];
      const latch = {
        source: "mailjet",
        destination: "mail.example",
        delivered: 1,
        undelivered: 9,
        version: 1,
        overAt: 5,
        seenAt: 5,
        isPublished: false,
      } as const;
      const inAll = { source: "sarbacane", destination: null, delivered: 0, undelivered: 0 } as const;
      const rest = { ...inAll, version: 1, seenAt: 6, isPublished: true } as const;
      expect(await stats.latch(account, { latch, seen: undefined }, keptUntil)).toBe(true);
      expect(await stats.latch(account, { latch, seen: undefined }, keptUntil)).toBe(false);
      expect(await stats.latch(account, { latch: rest, seen: undefined }, keptUntil)).toBe(true);
      const told = { ...latch, version: 2, isPublished: true };
      expect(await stats.latch(account, { latch: told, seen: latch }, keptUntil)).toBe(true);
      expect(await stats.latch(account, { latch: { ...told, version: 3 }, seen: latch }, keptUntil)).toBe(false);
      for (const at of [0, 300_000, 600_000])
        await stats.add("emails", account, { at, counts: { "mailjet#delivered#*": at + 1 } }, keptUntil);
      const { windows, alerts } = await stats.watched(account, 300_000);
      expect(windows).toEqual([{ "mailjet#delivered#*": 300_001 }, { "mailjet#delivered#*": 600_001 }]);
      expect(alerts).toHaveLength(2);
      expect(alerts).toEqual(expect.arrayContaining([told, rest]));
      expect(await stats.watched(other, 0)).toEqual({ windows: [], alerts: [] });
      expect(await stats.read("emails", account, { from: 0, to: 900_000 })).toHaveLength(3);
      while (!(await stats.erase(account, 100)));
      expect(await stats.watched(account, 0)).toEqual({ windows: [], alerts: [] });
    });

    it("are erased for one account, some at a time, until there are none", async () => {
      const { stats } = open();
      const [account, other] = [newAccount(), newAccount()];
      for (const owner of [account, other])
        for (const kind of ["events", "emails"] as const)
          for (const at of [0, 300_000, 600_000])
            await stats.add(kind, owner, { at, counts: { "type#t": 1 } }, keptUntil);
      expect(await stats.erase(account, 4)).toBe(false);
      while (!(await stats.erase(account, 4)));
      for (const kind of ["events", "emails"] as const) {
        expect(await stats.read(kind, account, { from: 0, to: 900_000 })).toEqual([]);
        expect(await stats.read(kind, other, { from: 0, to: 900_000 })).toHaveLength(3);
      }
    });
  });

  describe("states", () => {
    const added = async (more: object = {}) => {
      const { endpoints, states } = open();
      const endpoint = endpointWith({ account: newAccount() });
      await endpoints.add(endpoint, stateOf(endpoint));
      await states.update(endpoint.id, { set: { streak: 0, ...more } });
      return endpoint.id;
    };

    it("set, remove and add in one change, and answer with what has become of it", async () => {
      const { states } = open();
      const id = await added({ notBefore: 7, wakeAt: 9_000 });
      const change = {
        set: { lastOkAt: 77, streak: 1 },
        remove: ["notBefore", "wakeAt"],
        add: { parked: 2, version: 1 },
      } as const;
      const updated = await states.update(id, change);
      expect(updated).toMatchObject({ isDone: true, state: { lastOkAt: 77, streak: 1, parked: 2, version: 2 } });
      expect(updated?.state).not.toHaveProperty("notBefore");
      expect((await states.read([id])).get(id)).toEqual(updated?.state);
    });

    it.each<[string, object, Condition, boolean]>([
      ["absent", {}, { field: "wakeAt", is: "absent" }, true],
      ["absent", { wakeAt: 1 }, { field: "wakeAt", is: "absent" }, false],
      ["equal", { wakeAt: 1 }, { field: "wakeAt", is: "equal", to: 1 }, true],
      ["equal", { wakeAt: 2 }, { field: "wakeAt", is: "equal", to: 1 }, false],
      ["equal", {}, { field: "wakeAt", is: "equal", to: 1 }, false],
      ["at most", { wakeAt: 5 }, { field: "wakeAt", is: "at most", to: 5 }, true],
      ["at most", { wakeAt: 6 }, { field: "wakeAt", is: "at most", to: 5 }, false],
      ["at most", {}, { field: "wakeAt", is: "at most", to: 5 }, false],
      ["absent or above", {}, { field: "wakeAt", is: "absent or above", to: 5 }, true],
      ["absent or above", { wakeAt: 6 }, { field: "wakeAt", is: "absent or above", to: 5 }, true],
      ["absent or above", { wakeAt: 5 }, { field: "wakeAt", is: "absent or above", to: 5 }, false],
      ["absent or below", {}, { field: "roundUntil", is: "absent or below", to: 5 }, true],
      ["absent or below", { roundUntil: 4 }, { field: "roundUntil", is: "absent or below", to: 5 }, true],
      ["absent or below", { roundUntil: 5 }, { field: "roundUntil", is: "absent or below", to: 5 }, false],
    ])("change only if a field is %s (%j, %j: %s)", async (_, present, condition, isDone) => {
      const { states } = open();
      const id = await added(present);
      const updated = await states.update(id, { add: { streak: 1 }, onlyIf: [condition] });
      expect(updated).toMatchObject({ isDone, state: { streak: isDone ? 1 : 0, ...present } });
    });

    it("are not made by a change", async () => {
      const { states } = open();
      const gone = newId("ep", 1, random);
      expect(await states.update(gone, { add: { parked: 1 } })).toBeUndefined();
      expect(
        await states.update(gone, { onlyIf: [{ field: "wakeAt", is: "absent" }], set: { wakeAt: 1 } }),
      ).toBeUndefined();
      expect(await states.read([gone, gone])).toEqual(new Map());
    });

    it("are removed only if the conditions hold", async () => {
      const { states } = open();
      const id = await added({ wakeAt: 1 });
      await states.remove(id, [{ field: "wakeAt", is: "equal", to: 2 }]);
      expect((await states.read([id])).size).toBe(1);
      await states.remove(id, [{ field: "wakeAt", is: "equal", to: 1 }]);
      expect((await states.read([id])).size).toBe(0);
    });

    it("tell which promises are overdue, until they are kept or moved", async () => {
      const { states } = open();
      const [early, late, none] = [await added({ wakeAt: 1_000 }), await added({ wakeAt: 90_000 }), await added()];
      const overdue = async (before: number) =>
        (await states.overdue(before, 1_000)).filter(({ endpoint }) => [early, late, none].includes(endpoint));
      expect(await overdue(50_000)).toEqual([{ endpoint: early, wakeAt: 1_000 }]);
      await states.update(early, { set: { wakeAt: 60_000 } });
      await states.update(late, { remove: ["wakeAt"] });
      expect(await overdue(50_000)).toEqual([]);
      expect(await overdue(100_000)).toEqual([{ endpoint: early, wakeAt: 60_000 }]);
    });
  });

  describe("many overdue promises", () => {
    const open = openWorld(world); // a world of its own: what other tests leave behind is overdue too

    it("are told oldest first, up to the limit", async () => {
      const { endpoints, states } = open();
      const promised = Array.from({ length: 40 }, (_, n) => ({ endpoint: newId("ep", n + 1, random), wakeAt: n + 1 }));
      for (const { endpoint, wakeAt } of promised.toSorted(() => random() - 0.5)) {
        await endpoints.add(endpointWith({ id: endpoint, account: newAccount() }), {
          ...newState(endpoint, "acme", 5),
          wakeAt,
        });
        await states.update(endpoint, { set: { wakeAt } });
      }
      expect(await states.overdue(41, 100)).toEqual(promised);
      expect(await states.overdue(41, 13)).toEqual(promised.slice(0, 13));
      expect(await states.overdue(10, 100)).toEqual(promised.slice(0, 9));
      expect(await states.overdue(41, 0)).toEqual([]);
    });
  });

  describe("the log", () => {
    it.each([
      ["2 bytes", Buffer.from("{}")],
      ["every kind of text", Buffer.from('{"n":19421777396190491,"x":1.10,"t":"\u2028é\uffff\\ud800"}')],
      ["1 KiB", Buffer.from(JSON.stringify("a".repeat(1_022)))],
      ["the most that is allowed, incompressible", Buffer.from(bytes(LIMITS.payloadBytes))],
    ])("gives a payload of %s back byte for byte", async (_, payload) => {
      const { log } = open();
      const event = logged({
        account: newAccount(),
        payload,
        eventId: "mine",
        occurredAt: 3,
        delivered: { ep_1: { code: 200, durationMs: 4, at: 5 } },
        parked: { ep_2: { code: "timeout", durationMs: 6, at: 7 } },
      });
      expect(await log.add(event)).toBeUndefined();
      const found = (await log.find(event.account, [event.id])).get(event.id);
      expect(found).toMatchObject({ ...event, payload: expect.anything() });
      expect(Buffer.from(found?.payload ?? []).equals(payload)).toBe(true);
    });

    it("keeps what was there first, and answers with it", async () => {
      const { log } = open();
      const event = logged({ account: newAccount(), delivered: { ep_1: { code: 200, durationMs: 1, at: 1 } } });
      await log.add(event);
      expect(await log.add({ ...event, delivered: {} })).toMatchObject({ delivered: event.delivered });
      expect((await log.find(event.account, [event.id])).get(event.id)?.delivered).toEqual(event.delivered);
    });

    it("shows no account another's events", async () => {
      const { log } = open();
      const event = logged({ account: newAccount() });
      await log.add(event);
      const other = newAccount();
      expect(await log.find(other, [event.id])).toEqual(new Map());
      expect((await log.list(other, { limit: 10 })).items).toEqual([]);
    });

    it("forgets what has expired, even before the table does", async () => {
      const { log, clock } = open();
      const event = logged({ account: newAccount(), keptUntil: Math.floor(clock.now() / 1000) * 1000 });
      await log.add(event);
      expect(await log.find(event.account, [event.id])).toEqual(new Map());
      expect((await log.list(event.account, { limit: 10 })).items).toEqual([]);
    });

    it("erases events of one account", async () => {
      const { log, deliveries } = open();
      const account = newAccount();
      const events = Array.from({ length: 30 }, () => logged({ account }));
      const kept = logged({ account });
      for (const event of [...events, kept]) await log.add(event);
      await log.erase(
        account,
        events.map(({ id }) => id),
      );
      await log.erase(newAccount(), [kept.id]);
      await log.erase(account, []);
      expect((await log.list(account, { limit: 100 })).items.map(({ id }) => id)).toEqual([kept.id]);
      const key = { endpoint: newId("ep", 1, random), eventId: kept.id };
      const word = { ...key, account, type: "t", status: "cancelled", endedAt: 1, attempts: [], keptUntil: NEVER };
      await deliveries.recordOutcome({ ...word, status: "cancelled" });
      await deliveries.eraseEnded([key]);
      expect(await deliveries.ended([key])).toEqual([]);
    });

    it("leaves traces of all events that it holds, and of where the rest of them is", async () => {
      const { log } = open();
      const account = newAccount();
      const result = { code: 503, durationMs: 1, at: 1, dueAt: 2 };
      const events = Array.from({ length: 20 }, (_, n) =>
        logged({ account, eventId: `order-${n}`, parked: { ep_1: result }, delivered: { ep_2: result } }),
      );
      for (const event of events) await log.add(event);
      await log.noteResent(account, events[0]?.id ?? "", ["ep_1", "ep_3"]);
      const seen = new Map<string, { eventId?: string; endpoints: readonly string[] }>();
      for (let some = await log.traces(account, 3); some.length > 0; some = await log.traces(account, 3)) {
        for (const { id, ...trace } of some) seen.set(id, trace);
        await log.erase(
          account,
          some.map(({ id }) => id),
        );
      }
      expect(seen.size).toBe(20);
      expect(seen.get(events[0]?.id ?? "")).toEqual({ eventId: "order-0", endpoints: ["ep_1", "ep_3"] });
      expect(seen.get(events[1]?.id ?? "")).toEqual({ eventId: "order-1", endpoints: ["ep_1"] });
      expect(await log.traces(newAccount(), 3)).toEqual([]);
    });

    it("finds more events at once than one read may ask for", async () => {
      const { log } = open();
      const account = newAccount();
      const events = Array.from({ length: 120 }, () => logged({ account }));
      await Promise.all(events.map((event) => log.add(event)));
      expect(
        (
          await log.find(
            account,
            events.map(({ id }) => id),
          )
        ).size,
      ).toBe(120);
    });

    it("lists newest first, each event once, over pages", async () => {
      const { log } = open();
      const account = newAccount();
      const events = Array.from({ length: 60 }, (_, i) => logged({ account, acceptedAt: 1_000_000 + i }));
      await Promise.all(events.map((event) => log.add(event)));
      const read: string[] = [];
      for (let before: string | undefined = "~"; before !== undefined; ) {
        const page: Awaited<ReturnType<typeof log.list>> = await log.list(account, { limit: 7, before });
        read.push(...page.items.map(({ id }) => id));
        before = page.next;
      }
      expect(read).toEqual(
        events
          .map(({ id }) => id)
          .sort()
          .reverse(),
      );
    });

    it("lists by type, producer's id, endpoint and place", async () => {
      const { log } = open();
      const account = newAccount();
      const ep = newId("ep", 1, random);
      const [a, b, c] = [
        logged({ account, type: "a", acceptedAt: 1_000 }),
        logged({
          account,
          type: "b",
          acceptedAt: 2_000,
          eventId: "mine",
          delivered: { [ep]: { code: 200, durationMs: 1, at: 1 } },
        }),
        logged({ account, type: "b", acceptedAt: 3_000, parked: { [ep]: { code: 500, durationMs: 1, at: 1 } } }),
      ];
      for (const event of [a, b, c]) await log.add(event);
      const ids = async (query: object) => (await log.list(account, { limit: 10, ...query })).items.map(({ id }) => id);
      expect(await ids({ type: "b" })).toEqual([c.id, b.id]);
      expect(await ids({ type: "b", eventId: "mine" })).toEqual([b.id]);
      expect(await ids({ endpoint: ep })).toEqual([c.id, b.id]);
      expect(await ids({ after: b.id })).toEqual([c.id, b.id]);
      expect(await ids({ before: c.id, after: b.id })).toEqual([b.id]);
      expect(await ids({ before: a.id, after: b.id })).toEqual([]);
    });
  });

  describe("deliveries", () => {
    it("wait in their endpoint's backlog until they end, with the first last word", async () => {
      const { deliveries } = open();
      const ep = newId("ep", 1, random);
      const answer = {
        status: 503,
        body: Uint8Array.from([0xff, 0]),
        isTruncated: true,
        headers: { "retry-after": "5" },
      };
      const pending = pendingWith(ep, {
        failures: 1,
        firstFailedAt: 8,
        attempts: [
          { outcome: "http_status", startedAt: 1, durationMs: 2, answer },
          { outcome: "timeout", startedAt: 3, durationMs: 4, reason: "no answer" },
        ],
      });
      await deliveries.park(pending);
      await deliveries.park({ ...pending, failures: 9 });
      expect(await deliveries.pending([pending])).toMatchObject([
        { ...pending, attempts: [{ outcome: "http_status", answer: { status: 503 } }, { reason: "no answer" }] },
      ]);
      const ended: EndedDelivery = {
        endpoint: ep,
        account: "acme",
        eventId: pending.eventId,
        type: pending.type,
        status: "exhausted",
        reason: "schedule",
        endedAt: 10,
        attempts: [],
        keptUntil: NEVER,
      };
      expect(await deliveries.recordOutcome(ended)).toBeUndefined();
      expect(await deliveries.recordOutcome({ ...ended, status: "cancelled" })).toEqual(ended);
      await deliveries.unpark([pending]);
      await deliveries.unpark([pending]);
      expect(await deliveries.pending([pending])).toEqual([]);
      expect(await deliveries.ended([pending])).toEqual([ended]);
    });

    it("that were resent have a new last word, and are not taken away by an earlier one", async () => {
      const { deliveries } = open();
      const pending = pendingWith(newId("ep", 1, random), { resentAt: 7 });
      const { endpoint, eventId, type } = pending;
      const word = { endpoint, account: "acme", eventId, type, endedAt: 1, attempts: [], keptUntil: NEVER };
      const [first, second] = [
        { ...word, status: "exhausted" } as const,
        { ...word, status: "delivered", resentAt: 7 } as const,
      ];
      await deliveries.recordOutcome(first);
      await deliveries.park(pending);
      await deliveries.unpark([{ endpoint, eventId }]);
      await deliveries.unpark([{ endpoint, eventId, resentAt: 6 }]);
      expect(await deliveries.pending([pending])).toEqual([pending]);
      expect(await deliveries.recordOutcome(second)).toBeUndefined();
      expect(await deliveries.recordOutcome({ ...second, status: "cancelled" })).toEqual(second);
      expect(await deliveries.recordOutcome({ ...first, status: "cancelled" })).toEqual(second);
      await deliveries.unpark([{ endpoint, eventId, resentAt: 7 }]);
      expect(await deliveries.pending([pending])).toEqual([]);
      expect(await deliveries.ended([pending])).toEqual([second]);
    });

    it("are counted between two events, up to a number", async () => {
      const { deliveries } = open();
      const ep = newId("ep", 1, random);
      const waiting = Array.from({ length: 30 }, (_, i) =>
        pendingWith(ep, { eventId: newId("evt", 5_000 + i, random) }),
      );
      await deliveries.parkNew(waiting);
      const [above, below] = [waiting[9]?.eventId ?? "", lowestId(5_025)];
      expect(await deliveries.count(ep, { max: 100 })).toBe(30);
      expect(await deliveries.count(ep, { max: 12 })).toBe(12);
      expect(await deliveries.count(ep, { above, max: 100 })).toBe(20);
      expect(await deliveries.count(ep, { above, below, max: 100 })).toBe(15);
      expect(await deliveries.count(ep, { above: below, below: above, max: 100 })).toBe(0);
    });

    it("of new events join their backlogs however many they are", async () => {
      const { deliveries } = open();
      const many = Array.from({ length: 60 }, (_, n) => pendingWith(newId("ep", n + 1, random)));
      await deliveries.parkNew(many);
      expect(await deliveries.pending(many)).toHaveLength(60);
      await deliveries.parkNew([]);
    });

    it("are listed newest first, over pages, for one endpoint", async () => {
      const { deliveries } = open();
      const [ep, other] = [newId("ep", 1, random), newId("ep", 2, random)];
      const waiting = Array.from({ length: 25 }, (_, i) =>
        pendingWith(ep, { eventId: newId("evt", 5_000 + i, random) }),
      );
      for (const one of [...waiting, pendingWith(other)]) await deliveries.park(one);
      const first = await deliveries.backlog(ep, { limit: 10 });
      const second = await deliveries.backlog(ep, { limit: 20, before: first.next ?? "" });
      expect([...first.items, ...second.items].map(({ eventId }) => eventId)).toEqual(
        waiting.map(({ eventId }) => eventId).reverse(),
      );
      expect(second.next).toBeUndefined();
    });

    it("are read oldest first, from any place on", async () => {
      const { deliveries } = open();
      const ep = newId("ep", 1, random);
      const waiting = Array.from({ length: 30 }, (_, i) =>
        pendingWith(ep, { eventId: newId("evt", 5_000 + i, random) }),
      );
      await deliveries.parkNew(waiting);
      const read: string[] = [];
      for (let after: string | undefined = ""; after !== undefined; ) {
        const page: PendingDelivery[] = await deliveries.oldest(ep, { after, limit: 7 });
        read.push(...page.map(({ eventId }) => eventId));
        after = page.at(-1)?.eventId;
      }
      expect(read).toEqual(waiting.map(({ eventId }) => eventId));
    });

    it("are revised only as they were seen", async () => {
      const { deliveries } = open();
      const pending = pendingWith(newId("ep", 1, random), { failures: 1, dueAt: 5 });
      await deliveries.park(pending);
      await deliveries.revise({ ...pending, failures: 2, dueAt: 6 }, pending);
      await deliveries.revise({ ...pending, failures: 9, dueAt: 9 }, pending);
      expect(await deliveries.pending([pending])).toMatchObject([{ failures: 2, dueAt: 6 }]);
      await deliveries.unpark([pending]);
      await deliveries.revise({ ...pending, failures: 3 }, { ...pending, failures: 2, dueAt: 6 });
      expect(await deliveries.pending([pending])).toEqual([]);
    });

    it("that are not asked for are not answered", async () => {
      const { deliveries } = open();
      expect(await deliveries.pending([])).toEqual([]);
      expect(await deliveries.ended([])).toEqual([]);
    });
  });

  describe("an allowance", () => {
    it("gives so many a minute and then says how long to wait", async () => {
      const { allowance } = open();
      const name = newAccount();
      const now = 60_000 * 1_000 + 15_000;
      for (let i = 0; i < 3; i++) expect(await allowance.take(name, 3, now)).toBeUndefined();
      expect(await allowance.take(name, 3, now)).toBe(45);
      expect(await allowance.take(name, 3, now + 45_000)).toBeUndefined();
    });
  });

  describe("claims", () => {
    const claimOf = (more: object = {}) => ({
      owner: newAccount(),
      key: "k",
      hash: "h",
      acceptedAt: 5_000,
      seed: "s",
      claimedAt: 5_000,
      isDone: false,
      ...more,
    });

    it("stand until a day has passed, and can be taken up only as they were seen", async () => {
      const { claims } = open();
      const claim = claimOf();
      expect(await claims.claim(claim)).toBeUndefined();
      expect(await claims.claim({ ...claim, seed: "other" })).toEqual(claim);
      expect(await claims.takeUp(claim, 6_000)).toBe(true);
      expect(await claims.takeUp(claim, 7_000)).toBe(false);
      await claims.complete({ ...claim, seed: "other" });
      expect(await claims.claim(claim)).toEqual({ ...claim, claimedAt: 6_000 });
      await claims.complete(claim);
      expect(await claims.claim(claim)).toEqual({ ...claim, claimedAt: 6_000, isDone: true });
      expect(await claims.takeUp({ ...claim, claimedAt: 6_000 }, 8_000)).toBe(false);
      const dayLater = 5_000 + LIMITS.idempotencySeconds * 1_000;
      expect(await claims.claim({ ...claim, claimedAt: dayLater + 1 })).toBeUndefined();
    });

    it("are released only while they are open, and keep the ids that events had before", async () => {
      const { claims } = open();
      const claim = claimOf();
      await claims.claim(claim);
      await claims.release({ ...claim, seed: "other" });
      expect(await claims.claim(claim)).toEqual(claim);
      await claims.release(claim);
      expect(await claims.claim(claim)).toEqual({ ...claim, claimedAt: 0 });
      const done = { ...claim, firstIds: { "3": "evt_3" } };
      await claims.complete(done);
      await claims.release(claim);
      expect(await claims.claim(claim)).toEqual({ ...done, claimedAt: 0, isDone: true });
    });

    it("do not stand where they are from before an account was made anew, nor do names", async () => {
      const { claims } = open();
      const claim = claimOf();
      await claims.claim(claim);
      expect(await claims.claim({ ...claim, seed: "new" }, 5_000)).toEqual(claim);
      const renewed = { ...claim, seed: "new", acceptedAt: 5_001 };
      expect(await claims.claim(renewed, 5_001)).toBeUndefined();
      expect(await claims.claim(claim, 5_001)).toEqual(renewed);
      const name = { account: claim.owner, eventId: "order-1", id: newId("evt", 5_000, random), hash: "h" };
      await claims.claimEventId(name, 5_000);
      const other = { ...name, id: newId("evt", 5_001, random) };
      expect(await claims.claimEventId(other, 5_001, 5_000)).toEqual(name);
      expect(await claims.claimEventId(other, 5_001, 5_001)).toBeUndefined();
      expect(await claims.claimEventId(name, 5_002)).toEqual(other);
      await claims.forgetEventIds(claim.owner, ["order-1"]);
      expect(await claims.claimEventId(name, 5_003)).toBeUndefined();
    });

    it("belong to their owner and key", async () => {
      const { claims } = open();
      const claim = claimOf();
      await claims.claim(claim);
      expect(await claims.claim({ ...claim, owner: newAccount() })).toBeUndefined();
      expect(await claims.claim({ ...claim, key: "other" })).toBeUndefined();
    });

    it("give a producer's id one id of ours", async () => {
      const { claims } = open();
      const event = { account: newAccount(), eventId: "order #7/paid", id: newId("evt", 1, random), hash: "h" };
      expect(await claims.claimEventId(event, 5_000)).toBeUndefined();
      expect(await claims.claimEventId({ ...event, id: newId("evt", 2, random), hash: "i" }, 6_000)).toEqual(event);
      expect(await claims.claimEventId({ ...event, account: newAccount() }, 6_000)).toBeUndefined();
    });
  });

  describe("a pacer", () => {
    it("spaces attempts evenly, whoever makes them, and gives no slot beyond the horizon", async () => {
      const { pacer } = open();
      const ep = newId("ep", 1, random);
      const slots = await Promise.all(Array.from({ length: 8 }, () => pacer.slot(ep, 5, 10_000, 1_000)));
      const timesOf = (isTaken: boolean) => slots.flatMap((slot) => (slot.isTaken === isTaken ? slot.at : [])).sort();
      expect(timesOf(true)).toEqual([10_000, 10_200, 10_400, 10_600, 10_800, 11_000]);
      expect(timesOf(false)).toEqual([10_200, 10_200]);
      expect(await pacer.slot(ep, 5, 10_500, 1_000)).toEqual({ isTaken: true, at: 11_200 });
      expect(await pacer.slot(ep, 5, 10_500, 500)).toEqual({ isTaken: false, at: 10_900 });
      expect(await pacer.slot(ep, 5, 60_000, 500)).toEqual({ isTaken: true, at: 60_000 });
      expect(await pacer.slot(newId("ep", 1, random), 5, 10_000, 0)).toEqual({ isTaken: true, at: 10_000 });
    });

    it.each([1, 3, 7, 30, 300, 499])(
      "gives slots of %i a second again after an endpoint was idle",
      async (perSecond) => {
        const { pacer } = open();
        const ep = newId("ep", 1, random);
        for (const now of [1_795_287_970_140, 1_795_287_990_000, 1_795_288_990_001])
          expect(await pacer.slot(ep, perSecond, now, 1_000)).toEqual({ isTaken: true, at: now });
      },
    );
  });

  describe("the queue", () => {
    it("hands over a wish as it was made", async () => {
      const { queue, wished } = open();
      const wish = { account: "a", eventId: newId("evt", 1, random), to: [newId("ep", 1, random)], at: 7 };
      await queue.resend(wish);
      expect(await wished()).toEqual(wish);
    });

    it("hands over every event whole, packed by account", async () => {
      const { queue, received } = open();
      const payload = Buffer.from('{"x":1.10,"t":"\uffff\ufffe\u2028\u{1F600}\\ud800é"}');
      const events = [
        ...Array.from({ length: 30 }, () => eventWith({ account: "a", payload })),
        eventWith({ account: "b", eventId: "mine", occurredAt: 5 }),
      ];
      await queue.send(events);
      const messages = await received(events.length);
      const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
      expect(messages.flatMap((pack) => [...pack.events]).sort(byId)).toEqual(events.toSorted(byId));
      for (const pack of messages)
        expect(new Set(pack.events.map(({ account }) => account))).toEqual(new Set([pack.account]));
    });

    it("takes as many and as large events as one request may hold", async () => {
      const { queue, received } = open();
      const large = Array.from({ length: 3 }, () =>
        eventWith({ payload: Buffer.from(JSON.stringify('"'.repeat(LIMITS.payloadBytes / 2 - 2))) }),
      );
      const many = Array.from({ length: LIMITS.requestEvents }, () => eventWith());
      await queue.send([...large, ...many]);
      const messages = await received(LIMITS.requestEvents + 3);
      expect(messages.flatMap(({ events }) => events)).toHaveLength(LIMITS.requestEvents + 3);
    });
  });
});
