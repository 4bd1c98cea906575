import { describe, expect, it } from "vitest";
import { NEVER, newAccount } from "./examples.ts";
import { IMPLEMENTATIONS, openPorts } from "./implementations.ts";

describe.each(IMPLEMENTATIONS)("statistics: %s", (implementation) => {
  const open = openPorts(implementation);

  describe("counters", () => {
    const keptUntil = NEVER;

    it("counters add up per window, kind and account, and answer the new counts", async () => {
      const { stats } = open();
      const [account, other] = [newAccount(), newAccount()];
      const add = async (at: number, counts: Record<string, number>) =>
        (await stats.add("events", account, { at, counts }, keptUntil)).counts;
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

    it("dropped names are removed from a window", async () => {
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
      expect((await stats.add("emails", account, { at: 0, ...addition }, keptUntil)).counts).toEqual(held);
      expect(await stats.read("emails", account, { from: 0, to: 1 })).toEqual([{ at: 0, counts: held }]);
    });

    it("concurrent additions are all counted", async () => {
      const { stats } = open();
      const account = newAccount();
      const window = { at: 0, counts: { "type#t": 1 } };
      await Promise.all(Array.from({ length: 20 }, () => stats.add("events", account, window, keptUntil)));
      expect(await stats.read("events", account, { from: 0, to: 1 })).toEqual([{ at: 0, counts: { "type#t": 20 } }]);
    });

    it("shards of a window are read as one, once they were announced", async () => {
      const { stats } = open();
      const account = newAccount();
      const add = (at: number, shard: number) =>
        stats.add("emails", account, { at, shard, counts: { "mailjet#delivered#*": 1 } }, keptUntil);
      await add(0, 0);
      await stats.announceShards("emails", account, { at: 300_000, shards: 4 }, keptUntil);
      await stats.announceShards("emails", account, { at: 300_000, shards: 2 }, keptUntil);
      for (let shard = 0; shard < 4; shard++) await add(300_000, shard);
      expect(await stats.read("emails", account, { from: 0, to: 600_000 })).toEqual([
        { at: 0, counts: { "mailjet#delivered#*": 1 } },
        { at: 300_000, counts: { "mailjet#delivered#*": 4 } },
      ]);
      const { windows } = await stats.watched(account, 300_000);
      expect(windows.reduce((sum, counts) => sum + (counts["mailjet#delivered#*"] ?? 0), 0)).toBe(4);
      while (!(await stats.erase(account, 2)));
      expect(await stats.read("emails", account, { from: 0, to: 600_000 })).toEqual([]);
    });

    it("an alert replaces only the version that was read, and is read together with the windows", async () => {
      const { stats } = open();
      const [account, other] = [newAccount(), newAccount()];
      const alert = {
        source: "mailjet",
        destination: "mail.example",
        delivered: 1,
        undelivered: 9,
        version: 1,
        overAt: 5,
        seenAt: 5,
        isPublished: false,
      } as const;
      const total = { source: "sarbacane", destination: null, delivered: 0, undelivered: 0 } as const;
      const rest = { ...total, version: 1, seenAt: 6, isPublished: true } as const;
      expect(await stats.saveAlert(account, { alert, seen: undefined }, keptUntil)).toBe(true);
      expect(await stats.saveAlert(account, { alert, seen: undefined }, keptUntil)).toBe(false);
      expect(await stats.saveAlert(account, { alert: rest, seen: undefined }, keptUntil)).toBe(true);
      const published = { ...alert, version: 2, isPublished: true };
      expect(await stats.saveAlert(account, { alert: published, seen: alert }, keptUntil)).toBe(true);
      expect(await stats.saveAlert(account, { alert: { ...published, version: 3 }, seen: alert }, keptUntil)).toBe(
        false,
      );
      for (const at of [0, 300_000, 600_000])
        await stats.add("emails", account, { at, counts: { "mailjet#delivered#*": at + 1 } }, keptUntil);
      const { windows, alerts } = await stats.watched(account, 300_000);
      expect(windows).toEqual([{ "mailjet#delivered#*": 300_001 }, { "mailjet#delivered#*": 600_001 }]);
      expect(alerts).toHaveLength(2);
      expect(alerts).toEqual(expect.arrayContaining([published, rest]));
      expect(await stats.watched(other, 0)).toEqual({ windows: [], alerts: [] });
      expect(await stats.read("emails", account, { from: 0, to: 900_000 })).toHaveLength(3);
      while (!(await stats.erase(account, 100)));
      expect(await stats.watched(account, 0)).toEqual({ windows: [], alerts: [] });
    });

    it("counters are erased for one account, in steps", async () => {
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
});
