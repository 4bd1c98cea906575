import { describe, expect, it } from "vitest";
import { resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { isShort, probeScheduleOf, waitsIn } from "../../lambdas/retry/model/retry-schedule.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { addEndpoint } from "./add-endpoint.ts";

const WAITS = [0, 1, 2, 3, 4];
const scheduleOf = (waits: number) => (waits === 0 ? [] : [{ times: waits, everyMs: 10_000 }]);
const SECOND_MS = 1_000;

type Refuses = (id: string) => boolean;

/** An endpoint with a short schedule, whose receiver refuses some events. */
async function endpointThat(refuses: Refuses, waits: number, more: object = {}) {
  const receiver = { refuses };
  const posts = new Map<string, number>();
  const received: string[] = [];
  const world = memoryWorld(({ headers }) => {
    const id = headers["webhook-id"] ?? "";
    posts.set(id, (posts.get(id) ?? 0) + 1);
    if (receiver.refuses(id)) return { status: 400, tookMs: 0 };
    received.push(id);
    return { status: 200, tookMs: 0 };
  });
  const hook = await addEndpoint(world, { retrySchedule: scheduleOf(waits), ...more });
  /** Runs all rounds of the next seconds. */
  const wait = async (seconds: number) => {
    for (
      const until = world.clock.now() + seconds * SECOND_MS;
      world.clock.now() < until;
      world.clock.move(SECOND_MS)
    ) {
      const { wakeAt } = await hook.state();
      if (wakeAt !== undefined && wakeAt <= world.clock.now()) await hook.wake();
    }
  };
  const outcomeOf = async (eventId: string) =>
    (await world.deliveries.ended([{ endpoint: hook.endpoint.id, eventId }]))[0];
  return { world, hook, posts, received, receiver, wait, outcomeOf };
}

describe.each(WAITS)("a schedule of %i waits", (waits) => {
  it("sends an event that is refused once more than it has waits, then the delivery is exhausted", async () => {
    const { hook, posts, wait, outcomeOf } = await endpointThat(() => true, waits);
    const [event] = await hook.send();
    await wait(200);
    expect(posts.get(event?.id ?? "")).toBe(waits + 1);
    expect(await outcomeOf(event?.id ?? "")).toMatchObject({ status: "exhausted", reason: "schedule" });
    expect(await hook.backlog()).toEqual([]);
    expect(hook.published().filter(({ type }) => type === "rappel.delivery.exhausted")).toHaveLength(1);
    expect((await hook.state()).status).not.toBe("suspended");
  });

  it("never makes an endpoint failing for a single event, if it accepts the others", async () => {
    let bad = "";
    const { hook, wait, received } = await endpointThat((id) => id === bad, waits);
    const [event] = await hook.send();
    bad = event?.id ?? "";
    for (let n = 0; n < 60; n++) {
      await hook.send();
      expect((await hook.state()).status).toBe("active");
      await wait(2);
    }
    expect(received.length).toBeGreaterThanOrEqual(60);
  });

  it("a burst of refused events does not suspend an endpoint that accepts the others", async () => {
    const bad = new Set<string>();
    const { hook, receiver, wait, received, posts } = await endpointThat(() => true, waits);
    for (const { id } of await hook.send(20)) bad.add(id);
    await wait(12);
    receiver.refuses = (id) => bad.has(id);
    const good: string[] = [];
    for (let n = 0; n < 60; n++) {
      good.push(...(await hook.send()).map(({ id }) => id));
      await wait(2);
      expect((await hook.state()).status).not.toBe("suspended");
    }
    await wait(300);
    expect((await hook.state()).status).toBe("active");
    expect(good.filter((id) => !received.includes(id))).toEqual([]);
    for (const id of bad) expect(posts.get(id) ?? 0).toBeLessThanOrEqual(waits + 1);
    expect(await hook.backlog()).toEqual([]);
  });

  it("a dead URL is suspended while events arrive, gets no event too often, and the others when it is resumed", async () => {
    const { world, hook, posts, wait, receiver, received } = await endpointThat(() => true, waits);
    const sent: string[] = [];
    for (let n = 0; n < 300 && (await hook.state()).status !== "suspended"; n++) {
      sent.push(...(await hook.send()).map(({ id }) => id));
      await wait(2);
    }
    expect(await hook.state()).toMatchObject({ status: "suspended", statusReason: { code: "all_attempts_failed" } });
    for (const times of posts.values()) expect(times).toBeLessThanOrEqual(waits + 1);
    expect(posts.size).toBeLessThan(sent.length);
    const waiting = (await hook.backlog()).map(({ eventId }) => eventId);
    expect(waiting.length).toBeGreaterThan(0);
    receiver.refuses = () => false;
    await resumeEndpoint(world, "acme", hook.endpoint.id);
    await wait(30);
    expect(received.toSorted()).toEqual(waiting.toSorted());
  });
});

describe("a failing endpoint with nothing pending", () => {
  it.each([0, 1])("works again with the next event, if its schedule has %i waits", async (waits) => {
    const { hook, received, receiver, wait } = await endpointThat(() => true, waits);
    await hook.send(5);
    await wait(200);
    expect((await hook.state()).status).toBe("failing");
    expect(await hook.backlog()).toEqual([]);
    receiver.refuses = () => false;
    const [event] = await hook.send();
    await wait(3);
    expect(received).toEqual([event?.id]);
    expect((await hook.state()).status).toBe("active");
  });
});

describe("a schedule without waits", () => {
  it("sends grouped events alone, so that a refused one does not exhaust others", async () => {
    const group = { maxEvents: 10, maxBytes: 100_000, windowMs: 1_000 };
    const { world, hook, wait } = await endpointThat(() => false, 0, { group });
    await hook.send(4);
    await wait(10);
    expect(world.webhookClient.ledger).toHaveLength(4);
  });
});

describe("probes of an endpoint with a short schedule", () => {
  it("are as many as with five waits, the last wait being repeated", () => {
    for (const waits of WAITS) {
      const schedule = scheduleOf(waits);
      expect(isShort(schedule)).toBe(true);
      expect(waitsIn(probeScheduleOf(schedule))).toBe(5);
      expect(probeScheduleOf(schedule).at(-1)?.everyMs).toBe(waits === 0 ? 30_000 : 10_000);
    }
    const long = [{ times: 5, everyMs: 1_000 }];
    expect(isShort(long)).toBe(false);
    expect(probeScheduleOf(long)).toEqual(long);
  });
});
