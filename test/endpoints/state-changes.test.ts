import { describe, expect, it } from "vitest";
import {
  expiryChecked,
  noLongerQuiet,
  published,
  publishedSoFar,
  summarised,
} from "../../lambdas/endpoints/model/announcements.ts";
import { changed, holds, type StateChange } from "../../lambdas/endpoints/model/conditional-update.ts";
import { toDeleted } from "../../lambdas/endpoints/model/deletion-changes.ts";
import { type EndpointState, newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import * as changes from "../../lambdas/endpoints/model/endpoint-state-changes.ts";
import { beginRound, closeRound, leaveRound, scheduled } from "../../lambdas/endpoints/model/wake-up.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const PROBE = { probeAt: NOW + 30_000 };

/** A state as a function has read it, while its round runs. */
const seen: EndpointState = {
  ...newState("ep_1", "acme", NOW - 60_000),
  status: "failing",
  isQuiet: true,
  version: 7,
  streak: 5,
  parked: 5,
  attemptIndex: 2,
  announced: 2,
  wakeAt: NOW,
  roundId: "mine",
  roundUntil: NOW + 60_000,
  returnRequestedAt: NOW - 5_000,
};
/** What another function may have written since. */
const meanwhile = {
  status: "paused",
  version: 8,
  parked: 6,
  streak: 6,
  attemptIndex: 3,
  announced: 3,
  wakeAt: NOW + 1_000,
  roundId: "another",
  returnRequestedAt: NOW,
} as const satisfies Partial<EndpointState>;
type Field = keyof typeof meanwhile;

const isDone = (state: EndpointState, { onlyIf = [] }: StateChange) => onlyIf.every((one) => holds(state, one));
const policy = (transition: Parameters<typeof changes.changeFor>[1]): StateChange =>
  changes.changeFor(seen, transition, NOW) ?? {};

describe("a change that was decided on a state that another function has changed meanwhile", () => {
  const status: Field[] = ["status", "version", "announced"];
  // Functions, because a mutation run changes only what the tests themselves call.
  it.each<[string, () => StateChange, Field[]]>([
    ["the end of a round", () => closeRound(seen, NOW), ["roundId", "version", "wakeAt", "parked"]],
    ["the last round", () => closeRound(seen, undefined), ["roundId", "version", "wakeAt", "parked"]],
    ["the end of a round with a growing backlog", () => closeRound(seen, NOW, true), ["roundId", "version", "wakeAt"]],
    ["giving up a round", () => leaveRound("mine"), ["roundId"]],
    ["a wake-up", () => scheduled(seen, NOW), ["wakeAt", "version"]],
    ["a Retry-After", () => policy({ to: "waiting", until: NOW + 1 }), ["version"]],
    ["failing", () => policy({ to: "failing", attemptIndex: 1, next: PROBE, reason: { code: "gone" } }), status],
    ["active", () => policy({ to: "active", lastSuccessAt: NOW, reason: { code: "gone" } }), status],
    ["suspended", () => policy({ to: "suspended", reason: { code: "gone" } }), status],
    ["the next probe", () => policy({ to: "next probe", next: PROBE }), ["version", "roundId"]],
    ["the next early probe", () => policy({ to: "next early probe", at: NOW }), ["version", "roundId"]],
    ["a pause", () => changes.toPaused(seen, NOW), status],
    ["a resumption", () => changes.toResumed(seen, NOW), status],
    ["the end of a pause", () => changes.pauseEnded(seen, NOW), status],
    ["a deletion", () => toDeleted(seen, NOW, []), status],
    ["a new url", () => changes.urlChanged(seen), ["version", "status"]],
    ["the return of deliveries", () => changes.returnCompleted(NOW - 5_000), ["returnRequestedAt"]],
    ["an expiry check", () => expiryChecked(seen, NOW), ["version", "announced", "roundId"]],
    ["a summary", () => summarised(seen, NOW), ["version", "announced"]],
    ["a published status", () => noLongerQuiet(seen, NOW) ?? {}, ["version", "announced"]],
    ["published status events", () => published(seen), ["announced"]],
  ])("%s is refused, and only then", (_, decide, guarded) => {
    const change = decide();
    expect(isDone(seen, change)).toBe(true);
    const fields = Object.keys(meanwhile) as Field[];
    const refusedFor = fields.filter((field) => !isDone({ ...seen, [field]: meanwhile[field] }, change));
    expect(refusedFor.toSorted()).toEqual(guarded.toSorted());
  });

  it("a batch result and a request for the return of deliveries are never refused", () => {
    expect(changes.applied({ endpoint: "ep_1", parked: 1, failures: 1 }).onlyIf).toBeUndefined();
    expect(changes.returnRequested(NOW).onlyIf).toBeUndefined();
  });
});

describe("a round begins", () => {
  const { roundId: _, roundUntil: __, ...free } = seen;
  it.each<[string, Partial<EndpointState>, boolean]>([
    ["when its wake-up is due", {}, true],
    ["not before its wake-up", { wakeAt: NOW + 1 }, false],
    ["not while another one runs", { roundUntil: NOW + 1 }, false],
    ["not in the last moment of a lease", { roundUntil: NOW }, false],
    ["after a lease has ended", { roundUntil: NOW - 1 }, true],
  ])("%s", (_case, more, begins) => {
    expect(isDone({ ...free, ...more }, beginRound("mine", NOW, NOW + 9))).toBe(begins);
  });

  it("not without a wake-up", () => {
    const { wakeAt: _wakeAt, ...without } = free;
    expect(isDone(without, beginRound("mine", NOW, NOW + 9))).toBe(false);
  });

  it("and ends without its lease, and without a wake-up if nothing is pending", () => {
    const begun = changed(free, beginRound("mine", NOW, NOW + 9));
    expect(begun).toEqual({ ...free, roundId: "mine", roundUntil: NOW + 9 });
    const { wakeAt: _wakeAt, ...without } = free;
    expect(changed(begun, closeRound(begun, undefined))).toEqual(without);
    expect(changed(begun, closeRound(begun, NOW + 5))).toEqual({ ...free, wakeAt: NOW + 5 });
    expect(changed(begun, leaveRound("mine"))).toEqual(free);
  });
});

describe("a wait is only extended", () => {
  it.each([
    [undefined, true],
    [NOW + 4, true],
    [NOW + 5, false],
    [NOW + 6, false],
  ])("with %s before, a Retry-After until 5 ms from now is written: %s", (notBefore, isWritten) => {
    const change = policy({ to: "waiting", until: NOW + 5 });
    expect(isDone({ ...seen, ...(notBefore !== undefined && { notBefore }) }, change)).toBe(isWritten);
    expect(change.set).toEqual({ notBefore: NOW + 5 });
  });

  it("a number of published status events is never lowered", () => {
    const ofPublished = (publishedTo: number) => isDone({ ...seen, publishedTo }, publishedSoFar(seen));
    expect([ofPublished(1), ofPublished(2), ofPublished(3), isDone(seen, publishedSoFar(seen))]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
});

describe("a batch result", () => {
  const before = { ...seen, ownFailureAt: 3, lastOkAt: 1 };
  it("is counted: every delivery that joined the backlog, and every failure after the last success", () => {
    const result = { endpoint: "ep_1", parked: 3, failures: 2, ownFailureAt: NOW };
    expect(changed(before, changes.applied(result))).toEqual({ ...before, parked: 8, streak: 7, ownFailureAt: NOW });
    const { ownFailureAt: _, ...recovered } = before;
    expect(changed(before, changes.applied({ endpoint: "ep_1", parked: 3, failures: 0, okAt: 9 }))).toEqual({
      ...recovered,
      parked: 8,
      streak: 0,
      lastOkAt: 9,
    });
    expect(changed(before, changes.applied({ ...result, okAt: 9, loopAt: 8 }))).toEqual({
      ...before,
      parked: 8,
      streak: 2,
      ownFailureAt: NOW,
      lastOkAt: 9,
      lastLoopAt: 8,
    });
  });
});
