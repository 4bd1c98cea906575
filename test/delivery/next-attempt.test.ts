import { describe, expect, it } from "vitest";
import { pendingDelivery } from "../../lambdas/delivery/model/delivery-status.ts";
import { nextAttemptFor, nextAttemptOf, timeOf } from "../../lambdas/delivery/model/next-attempt.ts";
import { type EndpointState, newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { PRESETS } from "../../lambdas/endpoints/model/preset.ts";
import { pauseEndpoint, resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

const SECOND_MS = 1_000; // wake-ups are rounded up to whole seconds

type Hook = Awaited<ReturnType<typeof addEndpoint>>;

/** When the event was POSTed, and what the receiver answers. */
function receiverThat(answer: { status: number; headers?: Record<string, string> }) {
  const posts: { at: number; id: string | undefined }[] = [];
  const world: MemoryWorld = memoryWorld(({ headers }) => {
    posts.push({ at: world.clock.now(), id: headers["webhook-id"] });
    return { tookMs: 7, ...answer };
  });
  return { world, posts, answer };
}

async function nextOf({ backlog, state, endpoint }: Hook, id: string): Promise<number | undefined> {
  const pending = (await backlog()).find(({ eventId }) => eventId === id);
  if (pending === undefined) throw new Error("It is not pending");
  return timeOf(nextAttemptOf(pendingDelivery(pending), { state: await state(), group: endpoint.group }));
}

/** Runs rounds until the event is POSTed again, and compares when with what was said before. */
async function judge(hook: Hook, posts: { at: number; id: string | undefined }[], id: string): Promise<void> {
  const said = await nextOf(hook, id);
  const before = posts.filter((post) => post.id === id).length;
  while (posts.filter((post) => post.id === id).length === before) await hook.wake();
  const [at = 0] = posts
    .filter((post) => post.id === id)
    .slice(before)
    .map((post) => post.at);
  expect(said).toBeDefined();
  expect(at).toBeGreaterThanOrEqual(said ?? Number.POSITIVE_INFINITY);
  expect(at - (said ?? 0)).toBeLessThan(SECOND_MS);
}

describe("when the next attempt is made", () => {
  it.each(PRESETS)("is what a receiver that is down sees, with the preset %s, until the suspension", async (preset) => {
    const { world, posts } = receiverThat({ status: 500 });
    const hook = await addEndpoint(world, { retrySchedule: preset });
    const id = (await hook.send())[0]?.id ?? "";
    for (;;) {
      await judge(hook, posts, id);
      if ((await hook.state()).status === "suspended") break;
    }
    expect(await nextOf(hook, id)).toBeUndefined();
  });

  it.each(PRESETS)("is the early probe of a newer event, with the preset %s", async (preset) => {
    const { world, posts } = receiverThat({ status: 500 });
    const hook = await addEndpoint(world, { retrySchedule: preset });
    await hook.send(5);
    while ((await hook.state()).earlyProbeAt === undefined) await hook.wake();
    world.clock.move(2_000);
    const id = (await hook.send())[0]?.id ?? "";
    await judge(hook, posts, id);
    expect((await hook.state()).probeAt).toBeGreaterThan(world.clock.now() + 60_000);
  });

  it.each(["60", "2000"])(
    "respects a Retry-After of %s s, while the endpoint is active and failing",
    async (seconds) => {
      const { world, posts } = receiverThat({ status: 503, headers: { "retry-after": seconds } });
      const hook = await addEndpoint(world);
      const id = (await hook.send())[0]?.id ?? "";
      for (let n = 0; n < 8; n++) await judge(hook, posts, id);
      expect((await hook.state()).status).toBe("failing");
    },
  );

  it.each([
    ["active", 200, 20_000],
    ["failing", 500, 20_000],
    ["active, with a delivery that is due after the pause", 500, 4_000],
  ] as const)("is the end of a pause, if the endpoint was %s", async (status, code, pauseMs) => {
    const { world, posts, answer } = receiverThat({ status: code });
    const hook = await addEndpoint(world);
    if (status === "failing") await hook.send(5);
    if (status.startsWith("active,")) await hook.send();
    const pausedUntil = world.clock.now() + pauseMs;
    await pauseEndpoint(world, "acme", hook.endpoint.id, pausedUntil);
    if (status === "active") await hook.send();
    const id = (await hook.backlog())[0]?.eventId ?? "";
    answer.status = 200;
    await judge(hook, posts, id);
  });

  it("is the end of the window of a group", async () => {
    const { world, posts } = receiverThat({ status: 200 });
    const hook = await addEndpoint(world, { group: { maxEvents: 10, maxBytes: 10_000, windowMs: 8_000 } });
    const first = (await hook.send())[0]?.id ?? "";
    world.clock.move(3_000);
    const second = (await hook.send())[0]?.id ?? "";
    expect(await nextOf(hook, second)).toBe(await nextOf(hook, first));
    const said = (await nextOf(hook, first)) ?? 0;
    await hook.wake();
    expect(posts).toHaveLength(1);
    expect((posts[0]?.at ?? 0) - said).toBeLessThan(SECOND_MS);
    expect(posts[0]?.at).toBeGreaterThanOrEqual(said);
  });

  it("is unknown while the endpoint is paused without an end, and at once when it is resumed", async () => {
    const { world, posts } = receiverThat({ status: 200 });
    const hook = await addEndpoint(world);
    await pauseEndpoint(world, "acme", hook.endpoint.id);
    const id = (await hook.send())[0]?.id ?? "";
    expect(await nextOf(hook, id)).toBeUndefined();
    world.clock.move(10_000);
    await resumeEndpoint(world, "acme", hook.endpoint.id);
    const said = (await nextOf(hook, id)) ?? 0;
    await hook.wake();
    expect(posts[0]?.at).toBeGreaterThanOrEqual(said);
  });

  it("is the next round's time for a failing endpoint that was just resumed", async () => {
    const { world, posts } = receiverThat({ status: 410 });
    const hook = await addEndpoint(world);
    const id = (await hook.send())[0]?.id ?? "";
    expect((await hook.state()).status).toBe("suspended");
    expect(await nextOf(hook, id)).toBeUndefined();
    world.clock.move(12_345);
    await resumeEndpoint(world, "acme", hook.endpoint.id);
    await judge(hook, posts, id);
  });

  it.each<[string, Partial<EndpointState>, number | undefined]>([
    ["suspended", { status: "suspended", notBefore: 9 }, undefined],
    ["deleted", { status: "deleted" }, undefined],
    ["held for its callback", { status: "deleted", keptUntil: 9 }, undefined],
    ["failing, not probed before", { status: "failing", wakeAt: 7 }, 7],
    ["failing, without a wake-up yet", { status: "failing", statusSince: 6 }, 6],
    ["failing, and waiting for Retry-After", { status: "failing", probeAt: 5, notBefore: 8 }, 8],
    [
      "failing, with an early probe that is not scheduled",
      { status: "failing", probeAt: 50, earlyProbeAt: 5, wakeAt: 50 },
      50,
    ],
  ])("%s: the time of the next attempt is right", (_, more, expected) => {
    expect(timeOf(nextAttemptFor({ ...newState("ep", "acme", 0), ...more }, 3))).toBe(expected);
  });
});
