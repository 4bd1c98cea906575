import { describe, expect, it } from "vitest";
import { SCOPES } from "../../lambdas/accounts/model/key.ts";
import { pageWithBacklogs, withBacklog } from "../../lambdas/delivery/summarise-backlog.ts";
import { findEndpoint, listEndpoints } from "../../lambdas/endpoints/find-endpoint.ts";
import { pauseEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { endpointView } from "../../lambdas/http/views/endpoint-views.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

/** The world, and the names of the reads of backlogs that were made. */
function countingReads(world: MemoryWorld) {
  const reads: string[] = [];
  const deliveries = new Proxy(world.deliveries, {
    get: (target, name, receiver) => {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== "function") return method;
      return (...args: unknown[]) => {
        reads.push(String(name));
        return Reflect.apply(method, target, args);
      };
    },
  });
  return { ports: { ...world, deliveries }, reads };
}
const shown = async (world: MemoryWorld, id: string) =>
  endpointView(
    { ...(await withBacklog(world, await findEndpoint(world, "acme", id))), readAt: world.clock.now() },
    SCOPES,
  );

describe("what is pending for an endpoint", () => {
  it("costs a list no read without include, and none for endpoints without a scheduled round", async () => {
    const world = memoryWorld();
    for (let n = 0; n < 3; n++) await addEndpoint(world);
    const held = await addEndpoint(world);
    await pauseEndpoint(world, "acme", held.endpoint.id);
    await held.send(4);
    const { ports, reads } = countingReads(world);
    const page = await listEndpoints(ports, "acme", { limit: 25 });
    expect((await pageWithBacklogs(ports, page, undefined)).items[0]).not.toHaveProperty("backlog");
    expect(reads).toEqual([]);
    const { items } = await pageWithBacklogs(ports, page, "pending");
    expect(reads).toEqual(["summary"]);
    expect(items.map(({ backlog }) => backlog?.count).toSorted()).toEqual([0, 0, 0, 4]);
  });

  it("an endpoint with nothing pending has a count of 0 and no times", async () => {
    const world = memoryWorld();
    const { endpoint } = await addEndpoint(world);
    expect(await shown(world, endpoint.id)).toMatchObject({
      pendingCount: 0,
      pendingCountIsComplete: true,
      oldestPendingAt: null,
      nextAttemptAt: null,
      pausedUntil: null,
      retryAfterUntil: null,
    });
  });

  it.each([
    [999, 999, true],
    [1_000, 1_000, false],
    [1_200, 1_000, false],
  ])("of %i pending deliveries %i are counted (complete: %s)", async (events, pendingCount, pendingCountIsComplete) => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    await pauseEndpoint(world, "acme", hook.endpoint.id);
    await hook.send(events);
    expect(await shown(world, hook.endpoint.id)).toMatchObject({ pendingCount, pendingCountIsComplete });
  });

  it("tells when the oldest event was accepted, when a pause ends, and that nothing is sent before", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    const until = world.clock.now() + 3_600_000;
    await pauseEndpoint(world, "acme", hook.endpoint.id, until);
    const acceptedAt = world.clock.now();
    await hook.send();
    world.clock.move(5_000);
    await hook.send();
    const at = (time: number) => new Date(time).toISOString();
    expect(await shown(world, hook.endpoint.id)).toMatchObject({
      pendingCount: 2,
      oldestPendingAt: at(acceptedAt),
      nextAttemptAt: at(until),
      pausedUntil: at(until),
      retryAfterUntil: null,
    });
  });

  it("tells until when Retry-After holds back everything, and not longer", async () => {
    const world = memoryWorld(() => ({ status: 503, tookMs: 0, headers: { "retry-after": "120" } }));
    const hook = await addEndpoint(world);
    await hook.send();
    const until = new Date(world.clock.now() + 120_000).toISOString();
    expect(await shown(world, hook.endpoint.id)).toMatchObject({
      status: "active",
      retryAfterUntil: until,
      nextAttemptAt: until,
      pausedUntil: null,
    });
    world.clock.move(120_001);
    expect(await shown(world, hook.endpoint.id)).toMatchObject({ retryAfterUntil: null, pendingCount: 1 });
  });

  it("a failing endpoint shows its next probe, a suspended one no next attempt", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const hook = await addEndpoint(world, { retrySchedule: [{ times: 5, everyMs: 10_000 }] });
    await hook.send(5);
    const { probeAt = 0 } = await hook.state();
    expect(await shown(world, hook.endpoint.id)).toMatchObject({
      status: "failing",
      pendingCount: 5,
      nextAttemptAt: new Date(probeAt).toISOString(),
    });
    while ((await hook.state()).status !== "suspended") await hook.wake();
    expect(await shown(world, hook.endpoint.id)).toMatchObject({ nextAttemptAt: null, pendingCount: 5 });
  });
});
