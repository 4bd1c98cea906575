import { describe, expect, it } from "vitest";
import { liveSecrets } from "../../lambdas/endpoints/model/endpoint.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { statusEvents } from "../../lambdas/notifications/model/operational-event.ts";

describe("signing secrets", () => {
  it("the newest secret comes first, and old ones sign until their expiry to the millisecond", () => {
    const oldSecrets = [
      { secret: "older", until: 1_000 },
      { secret: "oldest", until: 500 },
    ];
    const signing = (now: number) => liveSecrets({ secrets: ["new"], oldSecrets }, now);
    expect(signing(499)).toEqual(["new", "older", "oldest"]);
    expect(signing(500)).toEqual(["new", "older"]);
    expect(signing(1_000)).toEqual(["new"]);
    expect(liveSecrets({ secrets: ["new"] }, 0)).toEqual(["new"]);
  });
});

describe("status events", () => {
  it("status events are only those that were not published yet", () => {
    const change = (number: number) => ({ number, type: "rappel.endpoint.failing", at: number, reason: "r" }) as const;
    const state = { ...newState("ep_1", "acme", 0), announce: [1, 2, 3].map(change), announced: 3 };
    const published = (publishedTo: number) =>
      statusEvents({ ...state, publishedTo }, "operator").map(({ acceptedAt }) => acceptedAt);
    expect(published(0)).toEqual([1, 1, 2, 2, 3, 3]);
    expect(published(2)).toEqual([3, 3]);
    expect(published(3)).toEqual([]);
  });
});
