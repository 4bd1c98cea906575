import { describe, expect, it } from "vitest";
import { expiryChecked } from "../../lambdas/endpoints/model/announcements.ts";
import { changed, type StateChange } from "../../lambdas/endpoints/model/conditional-update.ts";
import { toDeleted } from "../../lambdas/endpoints/model/deletion-changes.ts";
import { type EndpointState, newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import * as changes from "../../lambdas/endpoints/model/endpoint-state-changes.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const PROBE = { probeAt: NOW + 30_000 };
const seen: EndpointState = {
  ...newState("ep_1", "acme", NOW - 60_000),
  status: "failing",
  isQuiet: true,
  version: 7,
  streak: 5,
  attemptIndex: 2,
  announced: 2,
  wakeAt: NOW,
};
const decided = (transition: Parameters<typeof changes.changeFor>[1]): StateChange =>
  changes.changeFor(seen, transition, NOW) ?? {};

describe("a change of status", () => {
  const { isQuiet: _, ...loud } = seen;
  const active: EndpointState = { ...loud, status: "active", notBefore: 1, probeAt: 2, earlyProbeAt: 3 };
  const DAY_MS = 86_400_000;
  const CHECK_AT = NOW - 60_000 + DAY_MS;

  it("writes the reason, the time, a new version, and at most one status event", () => {
    const suspended = changed(active, changes.toSuspended(active, NOW, { code: "all_attempts_failed", attempts: 21 }));
    expect(suspended).toMatchObject({
      status: "suspended",
      statusReason: { code: "all_attempts_failed", attempts: 21 },
      statusSince: NOW,
      version: 8,
      announced: 3,
      announce: [{ number: 3, type: "rappel.endpoint.suspended", at: NOW, reason: "all 21 attempts failed" }],
    });
    for (const field of ["notBefore", "probeAt", "earlyProbeAt"]) expect(suspended).not.toHaveProperty(field);
    const paused = changed(active, changes.toPaused(active, NOW));
    expect(paused).toMatchObject({ status: "paused", version: 8, announced: 2 });
    expect(paused).not.toHaveProperty("announce");
  });

  it("a recovery ends the streak and the probes", () => {
    const failing = { ...active, status: "failing", ownFailureAt: 4 } as const;
    const recovered = changed(failing, changes.toActive(failing, NOW, 9, { code: "works_again" }));
    expect(recovered).toMatchObject({ status: "active", streak: 0, attemptIndex: 0, lastOkAt: 9 });
    for (const field of ["notBefore", "probeAt", "earlyProbeAt", "ownFailureAt"])
      expect(recovered).not.toHaveProperty(field);
    expect(changed(failing, changes.toActive(failing, NOW, undefined, { code: "works_again" }))).not.toHaveProperty(
      "lastOkAt",
    );
  });

  it("a failing endpoint without early probes drops the earlier one's time", () => {
    const failing = changed(active, changes.toFailing(active, 1, PROBE, NOW, { code: "attempts_failed", attempts: 5 }));
    expect(failing).toMatchObject({ status: "failing", attemptIndex: 1, probeAt: PROBE.probeAt, isQuiet: true });
    expect(failing).not.toHaveProperty("earlyProbeAt");
    const early = { ...PROBE, earlyProbeAt: NOW + 5 };
    expect(
      changed(active, changes.toFailing(active, 1, early, NOW, { code: "attempts_failed", attempts: 5 })),
    ).toMatchObject(early);
    const own = { ...active, ownFailureAt: NOW };
    expect(
      changed(own, changes.toFailing(own, 1, early, NOW, { code: "attempts_failed", attempts: 5 })),
    ).not.toHaveProperty("isQuiet");
  });

  it("a failed probe counts once on the schedule, a failed early probe not at all", () => {
    const probed = changed(seen, changes.changeFor(seen, { to: "next probe", next: PROBE }, NOW, "evt_1") ?? {});
    expect(probed).toMatchObject({ attemptIndex: 3, streak: 6, probedTo: "evt_1", probeAt: PROBE.probeAt });
    const probedEarly = { ...seen, earlyProbeAt: NOW };
    const next = changes.changeFor(probedEarly, { to: "next probe", next: PROBE }, NOW) ?? {};
    expect(changed(probedEarly, next)).not.toHaveProperty("earlyProbeAt");
    const early = decided({ to: "next early probe", at: NOW + 5, notBefore: NOW + 2 });
    expect(changed(seen, early)).toEqual({ ...seen, earlyProbeAt: NOW + 5, notBefore: NOW + 2 });
    expect(changed(seen, decided({ to: "next early probe", at: NOW + 5 }))).toEqual({ ...seen, earlyProbeAt: NOW + 5 });
  });

  it.each<[string, number | undefined, Partial<EndpointState>, number]>([
    ["a day after the last expiry check", undefined, {}, CHECK_AT],
    ["at the end of the pause", NOW + 5_000, {}, NOW + 5_000],
    ["a day after the last expiry check, in a longer pause", NOW + 2 * DAY_MS, {}, CHECK_AT],
    [
      "at once, if status events are unpublished",
      undefined,
      { announce: [{ number: 2, type: "rappel.endpoint.failing", at: NOW, reason: "" }] },
      NOW,
    ],
  ])("the wake-up of a paused endpoint is %s", (_case, until, more, wakeAt) => {
    const before = { ...active, ...more };
    const paused = changed(before, changes.toPaused(before, NOW, until));
    expect(paused.wakeAt).toBe(wakeAt);
    expect(paused.notBefore).toBe(until);
    for (const field of ["probeAt", "earlyProbeAt"]) expect(paused).not.toHaveProperty(field);
  });

  it.each<[EndpointState["status"], boolean, EndpointState["status"]]>([
    ["paused", true, "active"],
    ["paused", false, "failing"],
    ["suspended", false, "failing"],
    ["suspended", true, "failing"],
    ["active", false, "active"],
    ["failing", false, "failing"],
  ])("resumed, an endpoint that was %s (active before: %s) is %s", (status, wasActive, expected) => {
    const before = { ...active, status, ...(wasActive && { wasActive }) };
    const resumed = changed(before, changes.toResumed(before, NOW, 7));
    expect(resumed).toMatchObject({ status: expected, attemptIndex: 0, wakeAt: NOW, skipBefore: 7 });
    for (const field of ["notBefore", "probeAt", "earlyProbeAt", "wasActive"])
      expect(resumed).not.toHaveProperty(field);
    expect(changed(before, changes.toResumed(before, NOW))).not.toHaveProperty("skipBefore");
    expect(changed(before, changes.pauseEnded(before, NOW))).toMatchObject({ status: expected, attemptIndex: 0 });
  });

  it("only a pause of an endpoint that works is remembered as such", () => {
    const pausedFrom = (status: EndpointState["status"], wasActive = false) => {
      const before = { ...active, status, ...(wasActive && { wasActive }) };
      return changed(before, changes.toPaused(before, NOW)).wasActive;
    };
    expect([pausedFrom("active"), pausedFrom("failing"), pausedFrom("suspended")]).toEqual([
      true,
      undefined,
      undefined,
    ]);
    expect([pausedFrom("paused"), pausedFrom("paused", true)]).toEqual([undefined, true]);
  });

  it("a deletion is woken up at once, and keeps the types that move on", () => {
    const deleted = changed(active, toDeleted(active, NOW, ["email.open"]));
    expect(deleted).toMatchObject({ status: "deleted", wakeAt: NOW, successorTypes: ["email.open"] });
  });

  it("a new url ends the streak, an expiry check is announced only with a reason", () => {
    expect(changed(active, changes.urlChanged(active))).toEqual({ ...active, streak: 0, version: 8 });
    expect(changed(active, expiryChecked(active, NOW))).toEqual({ ...active, expiryCheckedAt: NOW });
    expect(changed(active, expiryChecked(active, NOW, "2 expire"))).toMatchObject({
      expiryCheckedAt: NOW,
      announced: 3,
      announce: [{ type: "rappel.endpoint.expiring", reason: "2 expire" }],
    });
  });

  it("a request for the return of deliveries is done once", () => {
    const requested = changed(seen, changes.returnRequested(NOW));
    expect(requested).toEqual({ ...seen, returnRequestedAt: NOW });
    expect(changed(requested, changes.returnCompleted(NOW))).toEqual(seen);
  });
});
