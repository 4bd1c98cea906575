import { describe, expect, it } from "vitest";
import type { Attempt } from "../../lambdas/delivery/model/attempt.ts";
import type { PendingDelivery } from "../../lambdas/delivery/model/delivery.ts";
import { delivered, failedAgain } from "../../lambdas/delivery/model/pending-delivery.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";

const failure = (n: number, body = `body ${n}`): Attempt => ({
  outcome: "http_status",
  startedAt: n,
  durationMs: 1,
  answer: { status: 500, body: Buffer.from(body), isTruncated: false, headers: {} },
});
const pendingAfter = (count: number): PendingDelivery => {
  const pending: PendingDelivery = {
    endpoint: "ep_1",
    account: "acme",
    eventId: "evt_1",
    type: "t",
    failures: 1,
    dueAt: 0,
    attempts: [failure(1)],
    keptUntil: 0,
  };
  return Array.from({ length: count - 1 }, (_, n) => failure(n + 2)).reduce(
    (before, attempt) => failedAgain(before, attempt, 0),
    pending,
  );
};
const bodiesOf = (attempts: readonly Attempt[]) =>
  attempts.map(({ answer }) => answer?.body && Buffer.from(answer.body).toString());

describe("the attempts of a delivery", () => {
  it("the first and the newest attempt keep their response's body, and no other does", () => {
    expect(bodiesOf(pendingAfter(4).attempts)).toEqual(["body 1", undefined, undefined, "body 4"]);
    expect(bodiesOf(delivered(pendingAfter(3), failure(4)).attempts)).toEqual([
      "body 1",
      undefined,
      undefined,
      "body 4",
    ]);
  });

  it.each([LIMITS.attemptsKept, LIMITS.attemptsKept + 1, LIMITS.attemptsKept + 40])(
    "after %i attempts the first and the newest ones are kept",
    (count) => {
      const { attempts } = pendingAfter(count);
      expect(attempts).toHaveLength(LIMITS.attemptsKept);
      const newest = Array.from({ length: LIMITS.attemptsKept - 1 }, (_, n) => count - LIMITS.attemptsKept + 2 + n);
      expect(attempts.map(({ startedAt }) => startedAt)).toEqual([1, ...newest]);
      expect(bodiesOf(attempts)[0]).toBe("body 1");
    },
  );

  it("a second attempt keeps both bodies", () => {
    expect(bodiesOf(pendingAfter(2).attempts)).toEqual(["body 1", "body 2"]);
  });
});
