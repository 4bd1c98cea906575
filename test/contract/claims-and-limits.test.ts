import { describe, expect, it } from "vitest";
import { newId } from "../../lambdas/shared/ids.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { newAccount, random } from "./examples.ts";
import { IMPLEMENTATIONS, openPorts } from "./implementations.ts";

describe.each(IMPLEMENTATIONS)("claims and limits: %s", (implementation) => {
  const open = openPorts(implementation);

  describe("an allowance", () => {
    it("an allowance grants a number of uses per minute and then answers the seconds to wait", async () => {
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
      shards: 64 as const,
      claimedAt: 5_000,
      isDone: false,
      ...more,
    });

    it("a claim is valid for a day, and can be taken up only if it is unchanged", async () => {
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

    it("a claim is released only while it is open, and keeps the ids that its events had before", async () => {
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

    it("claims and eventIds from before an account was created again are not valid", async () => {
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

    it("a claim belongs to its owner and key", async () => {
      const { claims } = open();
      const claim = claimOf();
      await claims.claim(claim);
      expect(await claims.claim({ ...claim, owner: newAccount() })).toBeUndefined();
      expect(await claims.claim({ ...claim, key: "other" })).toBeUndefined();
    });

    it("an eventId keeps its first event id", async () => {
      const { claims } = open();
      const event = { account: newAccount(), eventId: "order #7/paid", id: newId("evt", 1, random), hash: "h" };
      expect(await claims.claimEventId(event, 5_000)).toBeUndefined();
      expect(await claims.claimEventId({ ...event, id: newId("evt", 2, random), hash: "i" }, 6_000)).toEqual(event);
      expect(await claims.claimEventId({ ...event, account: newAccount() }, 6_000)).toBeUndefined();
    });
  });

  describe("pacer", () => {
    it("a pacer spaces concurrent attempts evenly and grants no slot beyond the horizon", async () => {
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
      "a pacer grants a slot at once after an idle time, at %i per second",
      async (perSecond) => {
        const { pacer } = open();
        const ep = newId("ep", 1, random);
        for (const now of [1_795_287_970_140, 1_795_287_990_000, 1_795_288_990_001])
          expect(await pacer.slot(ep, perSecond, now, 1_000)).toEqual({ isTaken: true, at: now });
      },
    );
  });
});
