import { describe, expect, it } from "vitest";
import type { Attempt } from "../../lambdas/delivery/model/attempt.ts";
import type { Delivery } from "../../lambdas/delivery/model/delivery.ts";
import {
  DELIVERY_REASON_CODES,
  type DeliveryReasonParams,
  eventReasonOf,
  reasonOf,
} from "../../lambdas/delivery/model/delivery-reason.ts";
import { explain, explainEvent } from "../../lambdas/delivery/model/explain-delivery.ts";
import {
  type EndpointState,
  newState,
  STATUS_REASON_CODES,
  statusReasonText,
} from "../../lambdas/endpoints/model/endpoint-state.ts";
import { endpointWith } from "../support/examples.ts";

const answered = (status: number, durationMs: number): Attempt => ({
  outcome: status === 200 ? "success" : "http_status",
  startedAt: 0,
  durationMs,
  answer: { status, body: new Uint8Array(), isTruncated: false, headers: {} },
});
const timeout: Attempt = {
  outcome: "timeout",
  startedAt: 0,
  durationMs: 15_000,
  reason: "no response within 15000 ms",
};
const dueAt = Date.UTC(2026, 10, 21, 12, 0, 30);
const delivery = (more: Partial<Delivery>): Delivery => ({
  endpoint: "ep",
  eventId: "evt",
  type: "t",
  status: "pending",
  attempts: [],
  ...more,
});

describe("the explanation of a delivery", () => {
  it.each<[Partial<Delivery>, string]>([
    [{ status: "delivered", attempts: [answered(200, 34)] }, "Delivered: attempt 1 got 200 after 34 ms."],
    [
      { dueAt, attempts: [answered(503, 120)] },
      "Pending: attempt 1 of 21 got 503 after 120 ms; next at 2026-11-21T12:00:30.000Z.",
    ],
    [
      { dueAt, attempts: [timeout] },
      "Pending: attempt 1 of 21 failed after 15000 ms (timeout: no response within 15000 ms); next at 2026-11-21T12:00:30.000Z.",
    ],
    [{ dueAt }, "Pending: not tried yet; next at 2026-11-21T12:00:30.000Z."],
    [
      { status: "exhausted", reason: "schedule", attempts: [answered(500, 9)] },
      "Exhausted: its retry schedule has ended; the last attempt got 500 after 9 ms.",
    ],
    [{ status: "cancelled", reason: "deleted" }, "Cancelled: its endpoint was deleted; it was never tried."],
  ])("explains a delivery with %j", (more, expected) => {
    expect(explain(reasonOf(delivery(more), endpointWith({})))).toBe(expected);
  });
});

describe("the explanation of a pending delivery", () => {
  const state = {
    ...newState("ep", "acme", Date.UTC(2026, 10, 21, 11, 58)),
    statusReason: { code: "attempts_failed", attempts: 5 } as const,
  };
  const explained = (more: Partial<EndpointState>, behind?: number, pending: Partial<Delivery> = {}) =>
    explain(
      reasonOf(
        delivery({ dueAt, attempts: [answered(503, 120)], ...pending }),
        endpointWith({}),
        { ...state, ...more },
        behind,
      ),
    );

  it("the explanation says since when the URL fails, when the next attempt is and how many deliveries are behind", () => {
    expect(explained({ status: "failing", probeAt: dueAt }, 312)).toBe(
      "Pending: attempt 1 of 21 got 503 after 120 ms; next at 2026-11-21T12:00:30.000Z at the earliest. The endpoint has been failing since 2026-11-21T11:58:00.000Z (5 attempts in a row have failed): two pending deliveries are probed at a time; 312 events are pending behind it.",
    );
  });

  it.each([
    [1, "one event is pending behind it"],
    [1_000, "1,000 events or more are pending behind it"],
  ])("the explanation counts %i deliveries behind", (behind, expected) => {
    expect(explained({ status: "suspended" }, behind)).toContain(`; ${expected}.`);
  });

  it("the explanation says nothing about deliveries behind if there are none", () => {
    for (const status of ["active", "failing", "suspended", "paused"] as const)
      expect(explained({ status }, 0)).not.toContain("behind");
  });

  it("the explanation says why the endpoint was suspended", () => {
    expect(explained({ status: "suspended", statusReason: { code: "all_attempts_failed", attempts: 21 } })).toContain(
      "; it is sent when the endpoint is resumed. The endpoint has been suspended since 2026-11-21T11:58:00.000Z (all 21 attempts failed).",
    );
  });

  it("the explanation says until when the endpoint is paused", () => {
    expect(explained({ status: "paused" })).toContain(
      "; it is sent when the endpoint is resumed. The endpoint has been paused since 2026-11-21T11:58:00.000Z.",
    );
    expect(explained({ status: "paused", notBefore: dueAt })).toContain(
      "; it is sent when the pause ends, at 2026-11-21T12:00:30.000Z.",
    );
  });

  it("the explanation says when a delivery is due that outlasts the pause", () => {
    expect(explained({ status: "paused", notBefore: dueAt - 10_000, wasActive: true })).toContain(
      "; the pause ends at 2026-11-21T12:00:20.000Z; next at 2026-11-21T12:00:30.000Z.",
    );
  });

  it("the explanation shows the time that Retry-After requests", () => {
    expect(explained({ notBefore: dueAt + 60_000 })).toContain("; next at 2026-11-21T12:01:30.000Z.");
  });

  it("the explanation of a resent delivery does not count its attempts against the schedule", () => {
    expect(explained({}, 0, { resentAt: dueAt - 30_000 })).toBe(
      "Pending: attempt 1 got 503 after 120 ms; next at 2026-11-21T12:00:30.000Z. It was resent or moved here.",
    );
  });

  it("the explanation names the endpoint on whose behalf a delivery is sent or was moved", () => {
    expect(explained({}, 0, { onBehalfOf: "ep_main" })).toContain(
      " It is sent on behalf of ep_main, which was suspended.",
    );
    expect(explained({}, 0, { onBehalfOf: "ep_main", resentAt: dueAt })).toContain(
      " It was moved here from ep_main, which was suspended.",
    );
  });
});

describe("the explanation of an event", () => {
  it("the explanation says that no endpoint matched the event", () => {
    expect(explainEvent(eventReasonOf("open", []))).toBe(
      'Logged, but not sent: no endpoint subscribed to "open" when it was dispatched.',
    );
  });

  it("the explanation counts an event's deliveries by status", () => {
    const deliveries = [delivery({ status: "delivered" }), delivery({}), delivery({})];
    expect(explainEvent(eventReasonOf("open", deliveries))).toBe("It went to 3 endpoints: 1 delivered, 2 pending.");
    expect(explainEvent(eventReasonOf("open", deliveries.slice(0, 1)))).toBe("It went to one endpoint: 1 delivered.");
  });
});

describe("codes of reasons", () => {
  it.each(DELIVERY_REASON_CODES)("the code %s and its parameters make a sentence without gaps", (code) => {
    const pending = /^(scheduled|endpoint_|callback_)/.test(code) && code !== "endpoint_deleted";
    const params: DeliveryReasonParams = {
      status: code === "delivered" ? "delivered" : pending ? "pending" : "cancelled",
      attempts: 2,
      attemptsMax: 21,
      lastOutcome: "http_status",
      lastStatus: 503,
      lastDurationMs: 12,
      nextAttemptAt: dueAt,
      pausedUntil: dueAt,
      cancelledAt: dueAt,
      endpointStatusSince: dueAt,
      endpointStatusReason: { code: "gone" },
      behind: 3,
    };
    expect(explain({ code, params })).toMatch(
      /^(Delivered|Cancelled|Pending: attempt 2 of 21)\b.* got 503 after 12 ms.*\.$/,
    );
    expect(explain({ code, params })).not.toMatch(/undefined|unknown| {2}/);
  });

  it("each code of a status has its own sentence", () => {
    const sentences = STATUS_REASON_CODES.map((code) => statusReasonText({ code, attempts: 4 }));
    expect(new Set(sentences).size).toBe(STATUS_REASON_CODES.length);
  });
});
