import { describe, expect, it } from "vitest";
import * as z from "zod";
import { StatsView } from "../../../lambdas/http/views/stats-views.ts";
import { eventually, openFixture, register } from "../support/fixture.ts";
import type { Caller } from "../support/harness.ts";

const fixture = openFixture();

/** The counts of the last hour, summed over all intervals. */
async function countsBy(caller: Caller, by: "type" | "outcome" | "destination") {
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const { status, json } = await caller.call("GET", `/v1/stats?by=${by}&interval=5m&from=${from}`);
  expect(status).toBe(200);
  const counts = StatsView.parse(json).data.flatMap((interval) => Object.entries(interval.counts));
  const byName = Map.groupBy(counts, ([name]) => name);
  return Object.fromEntries(
    [...byName].map(([name, entries]) => [name, entries.map(([, count]) => count).reduce(sum)]),
  );
}
type Count = z.output<typeof StatsView>["data"][number]["counts"][string];
function sum(one: Count, other: Count): Count {
  if (typeof one === "number" || typeof other === "number") return Number(one) + Number(other);
  if (!("undelivered" in one) || !("undelivered" in other)) throw new Error("These counts have no sum");
  return { delivered: one.delivered + other.delivered, undelivered: one.undelivered + other.undelivered };
}

/**
 * Runs a scenario for an account, and perhaps for `<account>-too`. Counts are approximate: if the service has reported that
 * some could not be added in time, the scenario runs again for new accounts.
 */
async function withCounts(scenario: (account: string) => Promise<void>): Promise<void> {
  const account = `counting-${++runs}`;
  try {
    await scenario(account);
  } catch (failure) {
    if (fixture.countsLost(account) + fixture.countsLost(`${account}-too`) === 0) throw failure;
    await withCounts(scenario);
  }
}
let runs = 0;

describe("statistics by endpoint and by account", () => {
  it("an endpoint's deliveries are counted with response times, and an operator sees each account's", () =>
    withCounts(async (account) => {
      const caller = await fixture.callerOf(account);
      const receiver = await fixture.receive();
      const id = await register(caller, receiver.url);
      for (let n = 0; n < 3; n++) await caller.call("POST", "/v1/events", { type: "order", data: n });
      await eventually(async () => {
        const { json } = await caller.call("GET", "/v1/stats?by=endpoint&interval=1d");
        const counts = StatsView.parse(json).data.at(-1)?.counts[id];
        expect(counts).toMatchObject({ delivered: 3, failed: 0, p50Ms: expect.any(Number) });
      });
      const own = StatsView.parse((await caller.call("GET", "/v1/stats?by=account&interval=1d")).json);
      expect(own.data.at(-1)?.counts).toEqual({ [account]: expect.objectContaining({ events: 3, delivered: 3 }) });
      const operator = await fixture.operator();
      const found: string[] = [];
      let cursor = "";
      do {
        const path = `/v1/stats?by=account&interval=1d${cursor && `&cursor=${cursor}`}`;
        const page = StatsView.parse((await operator.call("GET", path)).json);
        found.push(...Object.keys(page.data.at(-1)?.counts ?? {}));
        cursor = page.nextCursor ?? "";
      } while (cursor !== "");
      expect(found).toContain(account);
      expect((await operator.call("GET", "/v1/stats?by=type")).json).toMatchObject({
        code: "ACCOUNT_REQUIRED",
      });
    }));
});

describe("an account's statistics", () => {
  it("statistics count an account's own events by type and outcome, and its e-mails by destination", () =>
    withCounts(async (account) => {
      const [caller, other] = [await fixture.callerOf(account), await fixture.callerOf(`${account}-too`)];
      const receiver = await fixture.receive();
      await register(caller, receiver.url, { eventTypes: ["sent", "bounce"] });
      const events = [
        { event: "sent", email: "ann@Mail.example" },
        { event: "sent", email: "bob@mail.example" },
        { event: "bounce", email: "cy@post.example" },
        { event: "open", email: "ann@mail.example" },
      ];
      await caller.call("POST", "/v1/sources/mailjet", events);
      await other.call("POST", "/v1/events", { type: "order", data: 1 });
      await eventually(async () => {
        expect(await countsBy(caller, "type")).toEqual({ sent: 2, bounce: 1, open: 1 });
        expect(await countsBy(caller, "outcome")).toEqual({ delivered: 3, unmatched: 1 });
        expect(await countsBy(caller, "destination")).toEqual({
          "mail.example": { delivered: 2, undelivered: 0 },
          "post.example": { delivered: 0, undelivered: 1 },
        });
        expect(await countsBy(other, "type")).toEqual({ order: 1 });
        expect(await countsBy(other, "destination")).toEqual({});
      });
    }));

  it("statistics have every name in every interval, with 0 if nothing was counted", () =>
    withCounts(async (account) => {
      const caller = await fixture.callerOf(account);
      await caller.call("POST", "/v1/events", { type: "order", data: 1 });
      await eventually(async () => expect(await countsBy(caller, "type")).toEqual({ order: 1 }));
      const { json } = await caller.call("GET", "/v1/stats");
      const { data } = z.object({ data: z.array(z.object({ counts: z.object({ order: z.int() }) })) }).parse(json);
      expect(data).toHaveLength(25);
      expect(data.reduce((sum, { counts }) => sum + counts.order, 0)).toBe(1);
    }));
});
