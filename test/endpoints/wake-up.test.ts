import { describe, expect, it } from "vitest";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { wakeUpFor } from "../../lambdas/endpoints/model/wake-up.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";

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
});
