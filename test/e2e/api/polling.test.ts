import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { eventually, openFixture, register, send } from "../support/fixture.ts";
import type { Caller } from "../support/harness.ts";

const { callerOf, receive } = openFixture();
const Page = z.object({
  data: z.array(z.object({ id: z.string() })),
  nextCursor: z.string().nullable(),
  pollAfter: z.iso.datetime(),
});

/** One poll: all pages. @returns the ids, and where the next poll starts */
async function poll(caller: Caller, after: string): Promise<{ ids: string[]; pollAfter: string }> {
  const ids: string[] = [];
  let pollAfter: string | undefined;
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: string = `limit=3&after=${after}${cursor === "" ? "" : `&cursor=${cursor}`}`;
    const page = Page.parse((await caller.call("GET", `/v1/events?${query}`)).json);
    ids.push(...page.data.map(({ id }) => id));
    pollAfter ??= page.pollAfter;
    cursor = page.nextCursor;
  }
  return { ids, pollAfter: pollAfter ?? after };
}

describe("polling the list of events", () => {
  it("with pollAfter misses no event, even one that is logged after newer ones", async () => {
    const caller = await callerOf("polled");
    let answer = () => {};
    const slow = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const receiver = await receive(({ body }) => (body.toString() === "0" ? { until: slow } : {}));
    await register(caller, receiver.url, { timeoutMs: 30_000 });
    const first = await poll(caller, new Date(0).toISOString());
    const sent = [await send(caller, 0)];
    await receiver.waitFor(1);
    await sleep(5); // the next one has a later id
    for (let n = 1; n <= 7; n++) sent.push(await send(caller, n));
    const seen = new Set<string>();
    let after = first.pollAfter;
    const pollAgain = async () => {
      const { ids, pollAfter } = await poll(caller, after);
      for (const id of ids) seen.add(id);
      after = pollAfter;
    };
    await eventually(async () => {
      await pollAgain();
      expect(seen.size).toBe(7);
    });
    expect(seen.has(sent[0] ?? "")).toBe(false);
    answer();
    await eventually(async () => {
      await pollAgain();
      expect([...seen].toSorted()).toEqual(sent.toSorted());
    });
  });
});
