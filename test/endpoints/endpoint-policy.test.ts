import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isRejected,
  nextTransition,
  type Observed,
  shouldStopSending,
  type Transition,
} from "../../lambdas/endpoints/model/endpoint-policy.ts";
import { type EndpointState, type EndpointStatus, newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { changeFor } from "../../lambdas/endpoints/model/endpoint-state-changes.ts";
import { stagesOf } from "../../lambdas/endpoints/model/preset.ts";

const NOW = 1_800_000_000_000;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const RULES = { schedule: stagesOf("standard"), earlyProbeMs: 5 * MINUTE_MS };

const stateOf = (status: EndpointStatus, more: Partial<EndpointState> = {}): EndpointState => ({
  ...newState("ep_1", "acme", NOW),
  status,
  ...more,
});
const traffic = ({ retryAfterMs = 0, ...more }: Partial<Observed> = {}): Observed => ({
  by: "traffic",
  retryAfterMs,
  failures: { attemptIndex: 1, retryAfterMs },
  ...more,
});
const probe = (more: Partial<Observed> = {}): Observed => ({ by: "probe", retryAfterMs: 0, ...more });
const early = (more: Partial<Observed> = {}): Observed => ({ by: "early probe", retryAfterMs: 0, ...more });

const GONE = { to: "suspended", reason: { code: "gone" } } as const;
const in30s = { probeAt: NOW + 30 * SECOND_MS };
const in30min = { probeAt: NOW + 30 * MINUTE_MS, earlyProbeAt: NOW + 5 * MINUTE_MS };

const CASES: readonly [title: string, state: EndpointState, observed: Observed, transition: Transition][] = [
  // First attempts and releases.
  ["stays active after four failures in a row", stateOf("active", { streak: 4 }), traffic(), { to: "unchanged" }],
  [
    "is failing after five failures in a row, and is probed 30 s later",
    stateOf("active", { streak: 5 }),
    traffic(),
    { to: "failing", attemptIndex: 1, next: in30s, reason: { code: "attempts_failed", attempts: 5 } },
  ],
  [
    "starts its schedule at the attempt index of its most often failed delivery",
    stateOf("active", { streak: 12 }),
    traffic({ failures: { attemptIndex: 11, retryAfterMs: 0 } }),
    { to: "failing", attemptIndex: 11, next: in30min, reason: { code: "attempts_failed", attempts: 12 } },
  ],
  [
    "is probed at once if its schedule has no wait left",
    stateOf("active", { streak: 21 }),
    traffic({ failures: { attemptIndex: 21, retryAfterMs: 0 } }),
    { to: "failing", attemptIndex: 21, next: { probeAt: NOW }, reason: { code: "attempts_failed", attempts: 21 } },
  ],
  [
    "stays active if none of these failures counts for it, whatever its streak",
    stateOf("active", { streak: 5 }),
    { by: "traffic", retryAfterMs: 0 },
    { to: "unchanged" },
  ],
  [
    "waits if a failure that does not count for it asks for a wait",
    stateOf("active", { streak: 5 }),
    { by: "traffic", retryAfterMs: 90 * SECOND_MS },
    { to: "waiting", until: NOW + 90 * SECOND_MS },
  ],
  [
    "is probed on its schedule if the Retry-After is from before its last success",
    stateOf("active", { streak: 5 }),
    traffic({ retryAfterMs: 600 * SECOND_MS, failures: { attemptIndex: 1, retryAfterMs: 0 } }),
    { to: "failing", attemptIndex: 1, next: in30s, reason: { code: "attempts_failed", attempts: 5 } },
  ],
  ["is suspended after 410 while active", stateOf("active"), traffic({ isGone: true }), GONE],
  ["is suspended after 410 while failing", stateOf("failing"), traffic({ isGone: true }), GONE],
  ["is suspended after 410 rather than failing", stateOf("active", { streak: 9 }), traffic({ isGone: true }), GONE],
  [
    "waits as long as Retry-After says",
    stateOf("active", { streak: 1 }),
    traffic({ retryAfterMs: 90 * SECOND_MS }),
    { to: "waiting", until: NOW + 90 * SECOND_MS },
  ],
  [
    "is failing rather than waiting, and its first probe waits as long as Retry-After says",
    stateOf("active", { streak: 5 }),
    traffic({ retryAfterMs: 90 * SECOND_MS }),
    {
      to: "failing",
      attemptIndex: 1,
      next: { probeAt: NOW + 90 * SECOND_MS, notBefore: NOW + 90 * SECOND_MS },
      reason: { code: "attempts_failed", attempts: 5 },
    },
  ],
  [
    "waits as long as Retry-After says while failing",
    stateOf("failing"),
    traffic({ retryAfterMs: 90 * SECOND_MS }),
    { to: "waiting", until: NOW + 90 * SECOND_MS },
  ],
  ["stays failing after more failures", stateOf("failing", { streak: 50 }), traffic(), { to: "unchanged" }],
  ["stays suspended after 410", stateOf("suspended"), traffic({ isGone: true }), { to: "unchanged" }],
  ["stays paused after five failures", stateOf("paused", { streak: 5 }), traffic(), { to: "unchanged" }],
  ["stays deleted after 410", stateOf("deleted"), traffic({ isGone: true }), { to: "unchanged" }],
  // Scheduled probes.
  [
    "is active again after a successful probe",
    stateOf("failing", { attemptIndex: 7 }),
    probe({ hasSucceeded: true }),
    { to: "active", reason: { code: "works_again" }, lastSuccessAt: NOW },
  ],
  [
    "is active again after a probe with a success and a 410",
    stateOf("failing"),
    probe({ hasSucceeded: true, isGone: true }),
    { to: "active", reason: { code: "works_again" }, lastSuccessAt: NOW },
  ],
  [
    "is active again when its backlog is empty",
    stateOf("failing"),
    probe({ isBacklogEmpty: true }),
    { to: "active", reason: { code: "backlog_empty" } },
  ],
  ["is suspended after a probe was answered 410", stateOf("failing"), probe({ isGone: true }), GONE],
  [
    "is probed again after the schedule's next wait",
    stateOf("failing", { attemptIndex: 1 }),
    probe(),
    { to: "next probe", next: in30s },
  ],
  [
    "gets early probes between probes that are far apart",
    stateOf("failing", { attemptIndex: 10 }),
    probe(),
    { to: "next probe", next: in30min },
  ],
  [
    "is suspended when all attempts of its schedule have failed",
    stateOf("failing", { attemptIndex: 20 }),
    probe(),
    { to: "suspended", reason: { code: "all_attempts_failed", attempts: 21 } },
  ],
  [
    "continues after its schedule's end if the receiver rejects only these events",
    stateOf("failing", { attemptIndex: 20 }),
    probe({ areRejected: true }),
    { to: "events exhausted" },
  ],
  [
    "continues its schedule if the receiver rejects only these events",
    stateOf("failing", { attemptIndex: 3 }),
    probe({ areRejected: true }),
    { to: "next probe", next: in30s },
  ],
  // Early probes.
  [
    "is active again after a successful early probe",
    stateOf("failing"),
    early({ hasSucceeded: true }),
    { to: "active", reason: { code: "works_again" }, lastSuccessAt: NOW },
  ],
  ["is suspended after an early probe was answered 410", stateOf("failing"), early({ isGone: true }), GONE],
  [
    "gets the next early probe 5 min after one that failed",
    stateOf("failing", { attemptIndex: 20 }),
    early(),
    { to: "next early probe", at: NOW + 5 * MINUTE_MS },
  ],
  [
    "respects the Retry-After of a failed early probe",
    stateOf("failing"),
    early({ retryAfterMs: 90 * SECOND_MS }),
    { to: "next early probe", at: NOW + 5 * MINUTE_MS, notBefore: NOW + 90 * SECOND_MS },
  ],
  [
    "gets another early probe if nothing is pending, because only a scheduled probe ends the failing status",
    stateOf("failing"),
    early({ isBacklogEmpty: true }),
    { to: "next early probe", at: NOW + 5 * MINUTE_MS },
  ],
];

describe("the endpoint policy", () => {
  it.each(CASES)("an endpoint %s", (_, state, observed, transition) => {
    expect(nextTransition(state, observed, RULES, NOW)).toEqual(transition);
  });

  it('every transition changes the state except "unchanged" and "events exhausted"', () => {
    const changed = CASES.map(([, state, , transition]) => [
      transition.to,
      changeFor(state, transition, NOW) !== undefined,
    ]);
    for (const [to, isChange] of changed) expect(isChange).toBe(to !== "unchanged" && to !== "events exhausted");
  });

  it("a probe is never scheduled before Retry-After has passed", () => {
    const anyProbe = fc.record({ attemptIndex: fc.integer({ min: 0, max: 19 }), retryAfterMs: fc.nat(86_400_000) });
    const respects = fc.property(anyProbe, ({ attemptIndex, retryAfterMs }) => {
      const transition = nextTransition(stateOf("failing", { attemptIndex }), probe({ retryAfterMs }), RULES, NOW);
      return transition.to === "next probe" && transition.next.probeAt >= NOW + retryAfterMs;
    });
    fc.assert(respects);
  });
});

describe("a batch or a release", () => {
  it.each([
    ["after five failures", { failures: 5, isGone: false }, true],
    ["after 410", { failures: 1, isGone: true }, true],
    ["while the receiver asks for a wait", { failures: 1, isGone: false, notBefore: NOW + 1 }, true],
    ["not after four failures", { failures: 4, isGone: false }, false],
    ["not when the wait is over", { failures: 1, isGone: false, notBefore: NOW }, false],
  ])("a batch or a release decides whether to stop sending: %s", (_, observed, isEnough) => {
    expect(shouldStopSending(observed, NOW)).toBe(isEnough);
  });
});

describe("a delivery that fails", () => {
  it.each([
    ["counts for the endpoint before its first success", { firstFailedAt: NOW }, {}, false],
    [
      "counts for the event if it failed before the endpoint's last success",
      { firstFailedAt: 1 },
      { lastOkAt: 2 },
      true,
    ],
    ["counts for the endpoint if it failed first at its last success", { firstFailedAt: 2 }, { lastOkAt: 2 }, false],
    ["counts for the endpoint if it never failed before", {}, { lastOkAt: NOW }, false],
  ])("a failed delivery %s", (_, pending, state, isEventsFault) => {
    expect(isRejected(pending, state)).toBe(isEventsFault);
  });
});
