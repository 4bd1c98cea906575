import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { eventually, openFixture, register } from "../support/fixture.ts";

const fixture = openFixture();
const events = (event: string, count: number) =>
  Array.from({ length: count }, () => ({ event, email: "ann@mail.example", time: 1433103519 }));

describe("an account of whose e-mails over 60 % do not arrive", () => {
  it("an account is alerted once when over 60 % of its e-mails do not arrive, and no other account is", {
    timeout: 900_000,
  }, async () => {
    const [caller, other] = [await fixture.callerOf("blocked"), await fixture.callerOf("healthy")];
    const [alerted, notAlerted] = [await fixture.receive(), await fixture.receive()];
    const subscription = { eventTypes: ["rappel.failure_rate.exceeded"], format: "raw" };
    await register(caller, alerted.url, subscription);
    await register(other, notAlerted.url, subscription);
    const all = [...events("blocked", 45), ...events("bounce", 20), ...events("sent", 35)];
    expect((await caller.call("POST", "/v1/sources/mailjet", all)).status).toBe(200);
    const few = [...events("blocked", 40), ...events("sent", 60)];
    expect((await other.call("POST", "/v1/sources/mailjet", few)).status).toBe(200);
    for (let lost = 0; alerted.received.length === 0; await sleep(100)) {
      if (fixture.countsLost("blocked") === lost) continue;
      // Counters are approximate: for e-mails that were not counted, 100 more are sent.
      lost = fixture.countsLost("blocked");
      await caller.call("POST", "/v1/sources/mailjet", events("blocked", 100));
    }
    const [first] = alerted.received;
    expect(JSON.parse(String(first?.body))).toMatchObject({
      account: "blocked",
      source: "mailjet",
      destination: null,
      limit: 0.6,
    });
    await caller.call("POST", "/v1/sources/mailjet", events("bounce", 10));
    await eventually(async () => {
      const { json } = await caller.call("GET", "/v1/events?type=bounce&limit=100");
      expect(json).toMatchObject({ data: expect.objectContaining({ length: 30 }) });
    });
    await sleep(1_000);
    expect([alerted.received.length, notAlerted.received.length]).toEqual([1, 0]);
  });
});
