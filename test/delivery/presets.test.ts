import { describe, expect, it } from "vitest";
import { PRESET_RULES, type Preset } from "../../lambdas/endpoints/model/preset.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { memoryWorld } from "../support/memory-world.ts";

const SAMPLE = '{"event":"open","type":"open","MessageID":19421777396190491}';
const MINUTE_MS = 60_000;

/** Registers an endpoint with a preset and a receiver that always answers this status, and sends one event. */
async function answeredWith(preset: Preset, status: number) {
  const triedAt: number[] = [];
  const world = memoryWorld(() => {
    triedAt.push(world.clock.now());
    return { status, tookMs: 0 };
  });
  const hook = await addEndpoint(world, { preset, ...PRESET_RULES[preset], retrySchedule: preset });
  await hook.send(1, { payload: Buffer.from(SAMPLE) });
  return { ...hook, posts: world.webhookClient.ledger, triedAt };
}

describe("an answer of 204", () => {
  it("an answer of 204 is tried again with the preset mailjet", async () => {
    const { backlog, wake, posts } = await answeredWith("mailjet", 204);
    expect(await backlog()).toHaveLength(1);
    await wake();
    expect(posts.map(({ body }) => Buffer.from(body).toString())).toEqual([SAMPLE, SAMPLE]);
  });

  it.each(["sarbacane", "standard"] as const)("an answer of 204 is a success with the preset %s", async (preset) => {
    const { backlog, posts, state } = await answeredWith(preset, 204);
    expect(await backlog()).toEqual([]);
    expect(posts).toHaveLength(1);
    expect(await state()).toMatchObject({ status: "active", streak: 0 });
  });
});

describe("a URL that always fails", () => {
  it.each([
    ["mailjet", 10, 10],
    ["sarbacane", 0, 10],
  ] as const)(
    "the preset %s makes 1 + its waits attempts, then suspends the endpoint and keeps the delivery",
    async (preset, short, long) => {
      const { backlog, wake, posts, state, triedAt } = await answeredWith(preset, 500);
      while ((await state()).status !== "suspended") await wake();
      const { statusReason } = await state();
      expect(statusReason).toEqual({ code: "all_attempts_failed", attempts: 1 + short + long });
      expect(posts).toHaveLength(1 + short + long);
      const waits = [...Array<number>(short).fill(30_000), ...Array<number>(long).fill(30 * MINUTE_MS)];
      for (const [n, waitMs] of waits.entries()) {
        const waited = (triedAt[n + 1] ?? 0) - (triedAt[n] ?? 0);
        expect([n, waited]).toEqual([n, waitMs]);
      }
      expect(await backlog()).toHaveLength(1);
    },
  );

  it("a suspended endpoint gets no attempts, not even for new events", async () => {
    const { wake, posts, state, send, backlog } = await answeredWith("sarbacane", 500);
    while ((await state()).status !== "suspended") await wake();
    const before = posts.length;
    await send(3);
    expect(posts).toHaveLength(before);
    expect(await backlog()).toHaveLength(4);
  });
});
