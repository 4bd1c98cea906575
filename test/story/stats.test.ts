import { describe, expect, it } from "vitest";
import * as z from "zod";
import { StatsView } from "../../lambdas/edge/stats-views.ts";
import type { Caller } from "./harness.ts";
import { eventually, openStage, register } from "./stage.ts";

const stage = openStage();

/** The counts of the last hour, all intervals together. */
async function countsBy(caller: Caller, by: "type" | "outcome" | "destination") {
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const { status, json } = await caller.call("GET", `/v1/stats?by=${by}&interval=5m&from=${from}`);
  expect(status).toBe(200);
  const { data } = StatsView.parse(json);
  const used = data.filter(({ counts }) => JSON.stringify(counts).match(/[1-9]/));
  return used.map(({ counts }) => counts);
}

/**
 * Counts are approximate: what cannot be added in time is reported, and not counted. Where that was so, the story is told
 * again, of another account.
 * @param story `isToldAgain`: whether it need not go on
 */
async function whileCountsAreLost(
  story: (account: string, isToldAgain: () => boolean) => Promise<void>,
  account: string,
): Promise<void> {
  await story(account, () => stage.countsLost(account) > 0);
  if (stage.countsLost(account) > 0) await whileCountsAreLost(story, `${account}-again`);
}

describe("an account's statistics", { timeout: 300_000 }, () => {
  it("tell its events by type and by what became of them, and its e-mails by destination, and nobody else's", () =>
    whileCountsAreLost(async (account, isToldAgain) => {
      const caller = await stage.callerOf(account);
      const receiver = await stage.receive();
      await register(caller, receiver.url, { eventTypes: ["sent", "bounce"] });
      const events = [
        { event: "sent", email: "ann@Mail.example" },
        { event: "sent", email: "bob@mail.example" },
        { event: "bounce", email: "cy@post.example" },
        { event: "open", email: "ann@mail.example" },
      ];
      await caller.call("POST", "/v1/sources/mailjet", events);
      await whileCountsAreLost(async (nobodyElse, isOtherToldAgain) => {
        const other = await stage.callerOf(nobodyElse);
        await other.call("POST", "/v1/events", { type: "order", data: 1 });
        await eventually(async () => {
          if (isOtherToldAgain()) return;
          expect(await countsBy(other, "type")).toEqual([{ order: 1 }]);
          expect(await countsBy(other, "destination")).toEqual([]);
        });
      }, `other-than-${account}`);
      await eventually(async () => {
        if (isToldAgain()) return;
        expect(await countsBy(caller, "type")).toEqual([{ sent: 2, bounce: 1, open: 1 }]);
        expect(await countsBy(caller, "outcome")).toEqual([{ delivered: 3, unwanted: 1 }]);
        expect(await countsBy(caller, "destination")).toEqual([
          { "mail.example": { delivered: 2, undelivered: 0 }, "post.example": { delivered: 0, undelivered: 1 } },
        ]);
      });
    }, "counting"));

  it("have every name in every interval, 0 where there was none", () =>
    whileCountsAreLost(async (account, isToldAgain) => {
      const caller = await stage.callerOf(account);
      await caller.call("POST", "/v1/events", { type: "order", data: 1 });
      await eventually(async () => {
        if (!isToldAgain()) expect(await countsBy(caller, "type")).toEqual([{ order: 1 }]);
      });
      if (isToldAgain()) return;
      const { json } = await caller.call("GET", "/v1/stats");
      const { data } = z.object({ data: z.array(z.object({ counts: z.object({ order: z.int() }) })) }).parse(json);
      expect(data).toHaveLength(25);
      expect(data.reduce((sum, { counts }) => sum + counts.order, 0)).toBe(1);
    }, "zeroes"));
});
