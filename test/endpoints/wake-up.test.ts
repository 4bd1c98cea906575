import { describe, expect, it } from "vitest";
import { asSeen, changed, holds } from "../../lambdas/endpoints/model/conditional-update.ts";
import {
  type EndpointState,
  isPublishingOverdue,
  isSendable,
  isSuspendedTooLong,
  newState,
} from "../../lambdas/endpoints/model/endpoint-state.ts";
import { isScheduled, wakeUpFor } from "../../lambdas/endpoints/model/wake-up.ts";
import { scheduleWakeUp, wakeNow } from "../../lambdas/endpoints/schedule-wake-up.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { memoryWorld } from "../support/memory-world.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const DAY_MS = LIMITS.expiryCheckEverySeconds * 1_000;
const state = newState("ep_1", "acme", NOW);

describe("an endpoint's next wake-up", () => {
  it.each([
    ["active", state],
    ["failing", { ...state, status: "failing", probeAt: NOW + 30 * DAY_MS }],
  ] as const)("the next wake-up is within a day for an endpoint that is %s", (_, endpointState) => {
    expect(wakeUpFor(endpointState, NOW + 30 * DAY_MS, NOW)).toBe(NOW + DAY_MS);
    expect(wakeUpFor({ ...endpointState, notBefore: NOW + 3 * DAY_MS }, NOW, NOW)).toBe(NOW + DAY_MS);
  });

  it("the next wake-up is not before the due time, and not in the past", () => {
    expect(wakeUpFor(state, NOW + 1, NOW)).toBe(NOW + 1_000);
    expect(wakeUpFor(state, NOW - DAY_MS, NOW)).toBe(NOW);
  });

  const MINUTE_MS = 60_000;
  const checked = { expiryCheckedAt: NOW - 3 * MINUTE_MS };
  const checkAt = checked.expiryCheckedAt + DAY_MS;
  it.each<[string, Partial<EndpointState>, number, number]>([
    ["deleted: now, whatever is due", { status: "deleted" }, NOW + DAY_MS, NOW],
    ["suspended: the daily check", { status: "suspended" }, NOW, checkAt],
    ["suspended: a missed check is made now", { status: "suspended", expiryCheckedAt: NOW - 2 * DAY_MS }, NOW, NOW],
    ["suspended: whatever it had to wait for", { status: "suspended", notBefore: NOW + MINUTE_MS }, NOW, checkAt],
    ["paused: the daily check", { status: "paused" }, NOW, checkAt],
    ["paused: the end of the pause", { status: "paused", notBefore: NOW + MINUTE_MS }, NOW, NOW + MINUTE_MS],
    ["paused for long: the daily check first", { status: "paused", notBefore: NOW + 2 * DAY_MS }, NOW, checkAt],
    ["paused: a pause that has ended", { status: "paused", notBefore: NOW - MINUTE_MS }, NOW, NOW],
    ["failing: the probe", { status: "failing", probeAt: NOW + 9_000 }, NOW, NOW + 9_000],
    ["failing: a missed probe is made now", { status: "failing", probeAt: NOW - 9_000 }, NOW + MINUTE_MS, NOW],
    [
      "failing: an early probe",
      { status: "failing", probeAt: NOW + 9_000, earlyProbeAt: NOW + 5_000 },
      NOW,
      NOW + 5_000,
    ],
    [
      "failing: no early probe before a delivery is due",
      { status: "failing", probeAt: NOW + 9_000, earlyProbeAt: NOW + 5_000 },
      NOW + 7_000,
      NOW + 7_000,
    ],
    [
      "failing: the probe, if no delivery is due before it",
      { status: "failing", probeAt: NOW + 9_000, earlyProbeAt: NOW + 5_000 },
      NOW + MINUTE_MS,
      NOW + 9_000,
    ],
    [
      "failing: not before the end of a Retry-After",
      { status: "failing", probeAt: NOW + 9_000, earlyProbeAt: NOW + 5_000, notBefore: NOW + MINUTE_MS },
      NOW,
      NOW + MINUTE_MS,
    ],
    ["active: not before the end of a Retry-After", { notBefore: NOW + MINUTE_MS }, NOW + 9_000, NOW + MINUTE_MS],
    ["active: when the delivery is due", { notBefore: NOW + 9_000 }, NOW + MINUTE_MS, NOW + MINUTE_MS],
    [
      "a summary of changes before that",
      { announceHour: { since: NOW - 59 * MINUTE_MS, published: 5, unpublished: 1 } },
      NOW + 2 * MINUTE_MS,
      NOW + MINUTE_MS,
    ],
    [
      "an overdue summary: now",
      { announceHour: { since: NOW - 90 * MINUTE_MS, published: 5, unpublished: 1 } },
      NOW + MINUTE_MS,
      NOW,
    ],
    [
      "no summary if all changes were published",
      { announceHour: { since: NOW - 59 * MINUTE_MS, published: 5, unpublished: 0 } },
      NOW + 2 * MINUTE_MS,
      NOW + 2 * MINUTE_MS,
    ],
  ])("the next wake-up of an endpoint that is %s", (_, more, dueAt, expected) => {
    expect(wakeUpFor({ ...state, ...checked, ...more }, dueAt, NOW)).toBe(expected);
  });

  it("a wake-up is scheduled already if there is one at that time or earlier", () => {
    expect([undefined, 4, 5, 6].map((wakeAt) => isScheduled({ ...state, ...(wakeAt && { wakeAt }) }, 5))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

describe("scheduling a wake-up while others change the endpoint", () => {
  async function worldWith(meanwhile: (tries: number) => Partial<EndpointState>) {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    const { id } = hook.endpoint;
    const { update } = world.states;
    const tried = { count: 0 };
    world.states.update = async (endpoint, change) => {
      await update(id, { set: meanwhile(tried.count++) });
      return update(endpoint, change);
    };
    const startedAt = world.clock.now();
    const schedule = async () => scheduleWakeUp(world, await hook.state(), startedAt + 5_000);
    return { world, hook, id, schedule, tried, startedAt };
  }

  it("it is tried again, and sets the timer once", async () => {
    const { world, hook, id, schedule, startedAt } = await worldWith((tries) =>
      tries < 20 ? { version: 10 + tries } : {},
    );
    await schedule();
    expect((await hook.state()).wakeAt).toBe(startedAt + 5_000);
    expect(world.wakes).toEqual([{ endpoint: id, wakeAt: startedAt + 5_000 }]);
  });

  it("an earlier one of another function stays", async () => {
    const { world, hook, schedule, startedAt } = await worldWith(() => ({ wakeAt: world.clock.now() + 1_000 }));
    await schedule();
    expect((await hook.state()).wakeAt).toBe(startedAt + 1_000);
    expect(world.wakes).toEqual([]);
  });

  it("the timer is set even if the write had succeeded without a response", async () => {
    const { world, id, schedule, startedAt } = await worldWith(() => ({ wakeAt: world.clock.now() + 5_000 }));
    await schedule();
    expect(world.wakes).toEqual([{ endpoint: id, wakeAt: startedAt + 5_000 }]);
  });

  it("it ends with an error only after 24 tries, before the time to record results is over", async () => {
    const { world, schedule, tried, startedAt } = await worldWith((tries) => ({ version: 10 + tries }));
    await expect(schedule()).rejects.toThrow("its state changed during each of 24 tries");
    expect(tried.count).toBe(24);
    expect(world.clock.now() - startedAt).toBeGreaterThan(3_000);
    expect(world.clock.now() - startedAt).toBeLessThan(LIMITS.recordingMs);
  });

  it("it replaces a later one, whose schedule is deleted", async () => {
    const { world, hook, id, schedule, startedAt } = await worldWith(() => ({ wakeAt: startedAt + 9_000 }));
    await world.states.update(id, { set: { wakeAt: startedAt + 9_000 } });
    const replaced: unknown[] = [];
    world.timer.set = async (wake, ...more: unknown[]) => void replaced.push(wake, ...more);
    await schedule();
    expect(replaced).toEqual([{ endpoint: id, wakeAt: startedAt + 5_000 }, startedAt + 9_000]);
    expect((await hook.state()).wakeAt).toBe(startedAt + 5_000);
  });

  it("nothing is scheduled for an endpoint whose state is gone", async () => {
    const { world, hook, id, startedAt } = await worldWith(() => ({}));
    const before = await hook.state();
    await world.states.remove(id, []);
    await scheduleWakeUp(world, before, startedAt);
    await wakeNow(world, id);
    expect(world.wakes).toEqual([]);
  });
});

describe("an endpoint's state", () => {
  const suspended = { ...state, status: "suspended" } as const;
  const queueMs = LIMITS.suspendedQueueSeconds * 1_000;
  it("accepts new deliveries until it has been suspended for too long", () => {
    expect(isSuspendedTooLong(suspended, NOW + queueMs)).toBe(false);
    expect(isSuspendedTooLong(suspended, NOW + queueMs + 1)).toBe(true);
    expect(isSuspendedTooLong({ ...suspended, status: "paused" }, NOW + 2 * queueMs)).toBe(false);
  });

  it("is sent to while it is active, and from the end of a Retry-After on", () => {
    expect(isSendable(state, NOW)).toBe(true);
    expect(isSendable({ ...state, notBefore: NOW }, NOW)).toBe(true);
    expect(isSendable({ ...state, notBefore: NOW + 1 }, NOW)).toBe(false);
    for (const status of ["failing", "paused", "suspended", "deleted"] as const)
      expect(isSendable({ ...state, status }, NOW)).toBe(false);
  });

  it("has overdue status events if the newest is older than a publisher takes", () => {
    const at = (age: number) => ({ number: 1, type: "rappel.endpoint.failing", at: NOW - age, reason: "" }) as const;
    const withinMs = LIMITS.publishWithinSeconds * 1_000;
    expect(isPublishingOverdue(state, NOW)).toBe(false);
    expect(isPublishingOverdue({ ...state, announce: [at(withinMs)] }, NOW)).toBe(true);
    expect(isPublishingOverdue({ ...state, announce: [at(withinMs - 1)] }, NOW)).toBe(false);
    expect(isPublishingOverdue({ ...state, announce: [at(withinMs), at(0)] }, NOW)).toBe(false);
  });

  it.each([
    ["absent", [true, false, false, false]],
    ["equal", [false, false, true, false]],
    ["at most", [false, true, true, false]],
    ["absent or above", [true, false, false, true]],
    ["absent or below", [true, true, false, false]],
  ] as const)("the condition %s holds for: no value, a lower, the same, a higher one", (is, expected) => {
    const condition = is === "absent" ? ({ field: "wakeAt", is } as const) : ({ field: "wakeAt", is, to: 5 } as const);
    const values = [undefined, 4, 5, 6];
    expect(values.map((wakeAt) => holds({ ...state, ...(wakeAt && { wakeAt }) }, condition))).toEqual(expected);
  });

  it("a field that was absent must still be absent", () => {
    expect(asSeen("wakeAt", undefined)).toEqual({ field: "wakeAt", is: "absent" });
    expect(asSeen("wakeAt", 5)).toEqual({ field: "wakeAt", is: "equal", to: 5 });
  });

  it("is changed by what is set, removed and added, and by nothing else", () => {
    const counts = { parked: 1, streak: 2, version: 3, attemptIndex: 4, announced: 5 };
    const before = { ...state, ...counts, wakeAt: 7, probeAt: 8 };
    const after = changed(before, { set: { streak: 10 }, remove: ["wakeAt"], add: counts });
    const { wakeAt: _, ...kept } = before;
    expect(after).toEqual({ ...kept, parked: 2, streak: 12, version: 6, attemptIndex: 8, announced: 10 });
    expect(changed(before, {})).toEqual(before);
  });
});
