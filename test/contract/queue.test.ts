import { describe, expect, it } from "vitest";
import { newId } from "../../lambdas/shared/ids.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { eventWith } from "../support/examples.ts";
import { random } from "./examples.ts";
import { openWorld, WORLDS } from "./worlds.ts";

describe.each(WORLDS)("the ports: %s", (world) => {
  const open = openWorld(world);

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
