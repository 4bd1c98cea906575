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
  ] as const)("is in a day at the latest, however far away what waits there is due: %s", (_, seen) => {
    expect(wakeUpFor(seen, NOW + 30 * DAY_MS, NOW)).toBe(NOW + DAY_MS);
    expect(wakeUpFor({ ...seen, notBefore: NOW + 3 * DAY_MS }, NOW, NOW)).toBe(NOW + DAY_MS);
  });

  it("is never early, and never past", () => {
    expect(wakeUpFor(state, NOW + 1, NOW)).toBe(NOW + 1_000);
    expect(wakeUpFor(state, NOW - DAY_MS, NOW)).toBe(NOW);
  });
});
