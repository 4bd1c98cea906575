import { describe, expect, it } from "vitest";
import { newId } from "../../../lambdas/shared/ids.ts";
import { LIMITS } from "../../../lambdas/shared/limits.ts";
import { eventWith } from "../../support/examples.ts";
import { random } from "../examples.ts";
import { IMPLEMENTATIONS, openPorts } from "../implementations.ts";

describe.each(IMPLEMENTATIONS)("the queue: %s", (implementation) => {
  const open = openPorts(implementation);

  describe("the queue", () => {
    it("a resend request is received as it was sent", async () => {
      const { queue, nextResend } = open();
      const resend = { account: "a", eventId: newId("evt", 1, random), to: [newId("ep", 1, random)], at: 7 };
      await queue.resend(resend);
      expect(await nextResend()).toEqual(resend);
    });

    it("events are received unchanged, in messages of one account", async () => {
      const { queue, received } = open();
      const payload = Buffer.from('{"x":1.10,"t":"\uffff\ufffe\u2028\u{1F600}\\ud800é"}');
      const events = [
        ...Array.from({ length: 30 }, () => eventWith({ account: "a", payload })),
        eventWith({ account: "b", eventId: "mine", occurredAt: 5 }),
      ];
      await queue.send(events);
      const messages = await received(events.length);
      const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
      expect(messages.flatMap((message) => [...message.events]).sort(byId)).toEqual(events.toSorted(byId));
      for (const message of messages)
        expect(new Set(message.events.map(({ account }) => account))).toEqual(new Set([message.account]));
    });

    it("the queue accepts as many and as large events as one request may hold", async () => {
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
