import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { expiryChecked } from "../../lambdas/endpoints/model/announcements.ts";
import type { EndpointState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { wakeUpFor } from "../../lambdas/endpoints/model/wake-up.ts";
import { pauseEndpoint, resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { memoryWorld } from "../support/memory-world.ts";

const HOUR_MS = 3_600_000;
const OPERATIONAL = { type: "rappel.endpoint.failing", source: "rappel" } as const;
type Hook = Awaited<ReturnType<typeof addEndpoint>>;

const typesOf = (hook: Hook) => hook.published().map(({ type }) => type.replace("rappel.endpoint.", ""));

/** Fails until it is failing, then works again. */
async function flap(world: { isUp: boolean }, hook: Hook, event: object = {}): Promise<void> {
  world.isUp = false;
  for (let n = 0; n < 5; n++) await hook.send(1, event);
  world.isUp = true;
  for (let rounds = 0; rounds < 20 && (await hook.backlog()).length > 0; rounds++) await hook.wake();
}

async function flappingEndpoint(more = {}) {
  const receiver = { isUp: true };
  const world = memoryWorld(() => ({ status: receiver.isUp ? 200 : 500, tookMs: 0 }));
  return { receiver, world, hook: await addEndpoint(world, { eventTypes: ["*", "rappel.*"], ...more }) };
}

describe("an endpoint that fails by operational webhooks alone", () => {
  it("is not announced as failing or recovered, only as suspended", async () => {
    const { receiver, hook } = await flappingEndpoint({ retrySchedule: [{ times: 5, everyMs: 1_000 }] });
    for (let n = 0; n < 3; n++) await flap(receiver, hook, OPERATIONAL);
    expect(typesOf(hook)).toEqual([]);
    receiver.isUp = false;
    for (let n = 0; n < 5; n++) await hook.send(1, OPERATIONAL);
    while ((await hook.state()).status === "failing") await hook.wake();
    expect(typesOf(hook)).toEqual(["suspended"]);
  });

  it("is announced as failing as soon as another event joins its backlog", async () => {
    const { receiver, hook } = await flappingEndpoint();
    receiver.isUp = false;
    for (let n = 0; n < 5; n++) await hook.send(1, OPERATIONAL);
    await hook.send(1, OPERATIONAL);
    expect([(await hook.state()).status, typesOf(hook)]).toEqual(["failing", []]);
    await hook.send();
    expect(typesOf(hook)).toEqual(["failing"]);
    await hook.send();
    expect(typesOf(hook)).toEqual(["failing"]);
    receiver.isUp = true;
    while ((await hook.state()).status === "failing") await hook.wake();
    expect(typesOf(hook)).toEqual(["failing", "recovered"]);
  });

  it("is announced as failing when a probe finds another event in its backlog", async () => {
    const { receiver, world, hook } = await flappingEndpoint();
    receiver.isUp = false;
    await hook.send();
    receiver.isUp = true;
    await hook.send(); // ends the streak: the first event is still pending
    receiver.isUp = false;
    for (let n = 0; n < 5; n++) await hook.send(1, OPERATIONAL);
    expect([(await hook.state()).status, typesOf(hook)]).toEqual(["failing", []]);
    for (let rounds = 0; rounds < 3; rounds++) await hook.wake();
    expect(typesOf(hook)).toEqual(["failing"]);
    expect(world.queue.sent.filter(({ account }) => account === "acme")).toHaveLength(1);
  });

  it("is announced as failing if one of the failures was of another event", async () => {
    const { receiver, hook } = await flappingEndpoint();
    receiver.isUp = false;
    await hook.send();
    for (let n = 0; n < 4; n++) await hook.send(1, OPERATIONAL);
    expect(typesOf(hook)).toEqual(["failing"]);
  });

  it("twelve flapping endpoints that watch each other come to rest after the last event", async () => {
    const posts = new Map<string, number>();
    // Each watcher rejects five POSTs and takes the next one, again and again.
    const world = memoryWorld(({ url }) => {
      const count = (posts.get(url) ?? 0) + 1;
      posts.set(url, count);
      return { status: url.includes("down") || count % 6 > 0 ? 500 : 200, tookMs: 0 };
    });
    const failing = await addEndpoint(world, { url: "https://down.example.com/" });
    const watchers: Hook[] = [];
    for (let n = 0; n < 12; n++)
      watchers.push(await addEndpoint(world, { url: `https://w${n}.example.com/`, eventTypes: ["rappel.*"] }));
    for (let n = 0; n < 5; n++) await failing.send();
    const dispatch = dispatcher(world);
    let published = 0;
    for (let steps = 0; steps < 200; steps++) {
      const events = world.queue.sent.splice(0).filter(({ account }) => account === "acme");
      published += events.length;
      if (events.length > 0)
        await dispatch([{ content: { account: "acme", events }, receives: 1 }], world.clock.now() + 60_000);
      world.clock.move(30_000);
      for (const watcher of watchers) if ((await watcher.state()).wakeAt !== undefined) await watcher.wake();
    }
    expect(published).toBe(1);
    for (const watcher of watchers) expect(await watcher.backlog()).toEqual([]);
  });
});

describe("an endpoint that changes all the time", () => {
  it("announces six changes an hour, and the others in one summary with the status then", async () => {
    const { receiver, world, hook } = await flappingEndpoint();
    const from = world.clock.now();
    for (let n = 0; n < 10; n++) await flap(receiver, hook);
    expect(world.clock.now() - from).toBeLessThan(HOUR_MS);
    const pairs = Array(LIMITS.statusEventsPerHour / 2)
      .fill(["failing", "recovered"])
      .flat();
    expect(typesOf(hook)).toEqual(pairs);
    await hook.wake();
    const summary = hook.published().at(-1);
    expect(summary).toMatchObject({ type: "rappel.endpoint.flapping", endpoint: hook.endpoint.id });
    expect(summary?.reason).toMatch(
      /^14 more changes of its status since [^ ]+Z; it is active now: the endpoint works again$/,
    );
    expect(world.clock.now() - from).toBeGreaterThanOrEqual(HOUR_MS);
    expect(world.clock.now() - from).toBeLessThan(HOUR_MS + 60_000);
    expect((await hook.state()).wakeAt).toBeUndefined();
    await flap(receiver, hook);
    expect(typesOf(hook).slice(pairs.length)).toEqual(["flapping", "failing", "recovered"]);
  });

  it("a suspension is announced in any case, after any number of changes", async () => {
    let status = 500;
    const world = memoryWorld(() => ({ status, tookMs: 0 }));
    const hook = await addEndpoint(world);
    for (let n = 0; n < 4; n++) {
      status = 500;
      for (let m = 0; m < 5; m++) await hook.send();
      status = 200;
      for (let rounds = 0; rounds < 20 && (await hook.backlog()).length > 0; rounds++) await hook.wake();
    }
    expect(typesOf(hook)).toHaveLength(LIMITS.statusEventsPerHour);
    status = 410;
    await hook.send();
    expect(typesOf(hook).at(-1)).toBe("suspended");
  });

  it("the notice of deliveries that expire is published in any case, and is no change of status", async () => {
    const { receiver, world, hook } = await flappingEndpoint();
    for (let n = 0; n < 3; n++) await flap(receiver, hook);
    const { announceHour } = await hook.state();
    await world.states.update(hook.endpoint.id, expiryChecked(await hook.state(), world.clock.now(), "soon"));
    expect((await hook.state()).announceHour).toEqual(announceHour);
    expect((await hook.state()).announce?.at(-1)).not.toHaveProperty("isSilent");
  });

  it("a summary that is due comes although the endpoint is paused meanwhile, and no more once it is deleted", async () => {
    const { receiver, world, hook } = await flappingEndpoint();
    for (let n = 0; n < 4; n++) await flap(receiver, hook);
    const dueAt = ((await hook.state()).announceHour?.since ?? 0) + HOUR_MS;
    const { state } = await pauseEndpoint(world, "acme", hook.endpoint.id);
    expect(state.wakeAt).toBe(Math.ceil(dueAt / 1_000) * 1_000);
    await hook.wake();
    expect(typesOf(hook).at(-1)).toBe("flapping");
    const held: EndpointState = { ...state, status: "deleted", keptUntil: dueAt + 60_000 };
    expect(wakeUpFor(held, dueAt, dueAt)).toBe(Math.ceil((dueAt + 60_000) / 1_000) * 1_000);
  });

  it("a resumed endpoint whose announcement is silent still gets its deliveries back from its backup", async () => {
    const { receiver, world, hook } = await flappingEndpoint();
    const backup = await addEndpoint(world, { url: "https://backup.example.com/", backupOf: [hook.endpoint.id] });
    for (let n = 0; n < 3; n++) await flap(receiver, hook);
    await world.states.update(hook.endpoint.id, { set: { status: "suspended" } });
    await resumeEndpoint(world, "acme", hook.endpoint.id);
    await hook.wake();
    expect(typesOf(hook)).not.toContain("resumed");
    expect((await backup.state()).returnRequestedAt).toBeDefined();
  });
});
