import { describe, expect, it } from "vitest";
import { PRESET_RULES, type Preset } from "../../lambdas/endpoints/model/preset.ts";
import { lifeOf } from "../retry/rounds.ts";
import { memoryWorld } from "../support/memory-world.ts";

const SAMPLE = '{"event":"open","type":"open","MessageID":19421777396190491}';
const MINUTE_MS = 60_000;

/** An endpoint of a preset that answers with one status, and one event for it. */
async function answeredWith(preset: Preset, status: number) {
  const triedAt: number[] = [];
  const world = memoryWorld(() => {
    triedAt.push(world.clock.now());
    return { status, tookMs: 0 };
  });
  const life = await lifeOf(world, { preset, ...PRESET_RULES[preset], retrySchedule: preset });
  await life.send(1, { payload: Buffer.from(SAMPLE) });
  return { ...life, posts: world.webhookClient.ledger, triedAt };
}

describe("a 204", () => {
  it("is tried again where the rules are Mailjet's, which ask for exactly 200", async () => {
    const { waiting, wake, posts } = await answeredWith("mailjet", 204);
    expect(await waiting()).toHaveLength(1);
    await wake();
    expect(posts.map(({ body }) => Buffer.from(body).toString())).toEqual([SAMPLE, SAMPLE]);
  });

  it.each(["sarbacane", "standard"] as const)("is success where the rules are %s", async (preset) => {
    const { waiting, posts, state } = await answeredWith(preset, 204);
    expect(await waiting()).toEqual([]);
    expect(posts).toHaveLength(1);
    expect(await state()).toMatchObject({ status: "active", streak: 0 });
  });
});

describe("a URL that never answers well", () => {
  it.each([
    ["mailjet", 10, 10],
    ["sarbacane", 0, 10],
  ] as const)(
    "is tried 1 + %s's further times, then all calls stop and what waits is kept",
    async (preset, short, long) => {
      const { waiting, wake, posts, state, triedAt } = await answeredWith(preset, 500);
      while ((await state()).status !== "suspended") await wake();
      const { statusReason } = await state();
      expect(statusReason).toBe(`all ${1 + short + long} attempts failed`);
      expect(posts).toHaveLength(1 + short + long);
      const waits = [...Array<number>(short).fill(30_000), ...Array<number>(long).fill(30 * MINUTE_MS)];
      for (const [n, waitMs] of waits.entries()) {
        const waited = (triedAt[n + 1] ?? 0) - (triedAt[n] ?? 0);
        expect([n, waited]).toEqual([n, waitMs]);
      }
      expect(await waiting()).toHaveLength(1);
    },
  );

  it("is sent nothing more, new events neither", async () => {
    const { wake, posts, state, send, waiting } = await answeredWith("sarbacane", 500);
    while ((await state()).status !== "suspended") await wake();
    const before = posts.length;
    await send(3);
    expect(posts).toHaveLength(before);
    expect(await waiting()).toHaveLength(4);
  });
});
