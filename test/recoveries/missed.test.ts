import { describe, expect, it } from "vitest";
import type { Delivery, EventResults } from "../../lambdas/delivery/model/delivery.ts";
import { missedOf, type Scan } from "../../lambdas/recoveries/model/missed.ts";
import { endpointWith, eventWith } from "../support/examples.ts";

const CREATED_AT = 1_000_000;
const main = endpointWith({ eventTypes: ["t"] });
const backup = endpointWith({ backupOf: [main.id] });
const endpoints = new Map([main, backup].map((endpoint) => [endpoint.id, endpoint]));
const event: EventResults = {
  ...eventWith({ type: "t" }),
  delivered: {},
  parked: {},
  withheld: {},
  resentTo: [],
  keptUntil: 4_000_000_000_000,
};
const delivery = (endpoint: string, status: Delivery["status"], more: Partial<Delivery> = {}): Delivery => ({
  endpoint,
  eventId: event.id,
  type: event.type,
  status,
  attempts: [],
  ...more,
});
const scan = (more: Partial<Scan> = {}): Scan => ({
  since: 0,
  until: CREATED_AT,
  statuses: ["exhausted", "cancelled"],
  isSecondScan: false,
  resentAt: CREATED_AT,
  createdAt: CREATED_AT,
  ...more,
});
const actions = (deliveries: readonly Delivery[], more: Partial<Scan> = {}) =>
  missedOf(event, deliveries, scan(more), endpoints).map(({ endpoint, action }) => [endpoint, action]);
const TO_MAIN = [[main.id, "resend"]];

describe("what a recovery sends again", () => {
  const moved = delivery(main.id, "cancelled", { reason: "moved" });
  const onBehalf = (status: Delivery["status"], more: Partial<Delivery> = {}) =>
    delivery(backup.id, status, { onBehalfOf: main.id, ...more });

  it.each([
    ["a backup has missed it on behalf of the endpoint", [onBehalf("exhausted")], TO_MAIN],
    ["a backup has missed it after it was moved there", [moved, onBehalf("exhausted")], TO_MAIN],
    ["a backup has delivered it", [moved, onBehalf("delivered")], []],
    ["a backup has it pending", [moved, onBehalf("pending")], []],
    [
      "it was moved back, and missed",
      [delivery(main.id, "exhausted"), onBehalf("cancelled", { reason: "moved" })],
      TO_MAIN,
    ],
    ["only the move is known", [moved], []],
    ["a backup has missed it as an endpoint of its own", [delivery(backup.id, "exhausted")], [[backup.id, "resend"]]],
    [
      "a backup has missed it on behalf of an endpoint that is gone",
      [delivery(backup.id, "exhausted", { onBehalfOf: "ep_gone" })],
      [[backup.id, "resend"]],
    ],
  ] as const)("%s", (_, deliveries, expected) => {
    expect(actions(deliveries)).toEqual(expected);
  });

  it("a recovery of a backup alone sends again what it has missed on behalf of another endpoint", () => {
    expect(actions([onBehalf("exhausted")], { endpoint: backup.id })).toEqual([[backup.id, "resend"]]);
  });

  it("an event that a backup has delivered on behalf of an endpoint is not unsent there", () => {
    const unsent: Partial<Scan> = { endpoint: main.id, statuses: ["unsent"] };
    expect(actions([onBehalf("delivered")], unsent)).toEqual([]);
    expect(actions([], unsent)).toEqual(TO_MAIN);
  });

  it("an event about the endpoint itself is never sent to it", () => {
    const about = { ...event, about: main.id };
    const unsent = scan({ endpoint: main.id, statuses: ["unsent"], types: ["t"] });
    expect(missedOf(about, [], unsent, endpoints)).toEqual([]);
  });

  it("what was resent since the recovery began is left alone, and its own mark is recognised", () => {
    const exhausted = (resentAt: number) => [delivery(main.id, "exhausted", { resentAt })];
    expect(actions(exhausted(CREATED_AT - 1))).toEqual(TO_MAIN);
    expect(actions(exhausted(CREATED_AT))).toEqual([[main.id, "done"]]);
    expect(actions(exhausted(CREATED_AT + 1))).toEqual([]);
    const second: Partial<Scan> = { isSecondScan: true, resentAt: CREATED_AT + 900_000 };
    expect(actions(exhausted(CREATED_AT), second)).toEqual([]);
    expect(actions(exhausted(CREATED_AT + 900_000), second)).toEqual([[main.id, "done"]]);
    expect(actions([delivery(main.id, "exhausted")], second)).toEqual(TO_MAIN);
  });

  it("a delivery that was pending when the recovery began, and was delivered since, counts as sent", () => {
    const attempts = [{ outcome: "success", startedAt: CREATED_AT + 5, durationMs: 1 } as const];
    const parked = { ...event, parked: { [main.id]: { code: 500, durationMs: 1, at: 1 } } };
    const hurried = (deliveries: readonly Delivery[], of: EventResults, more: Partial<Scan> = {}) =>
      missedOf(of, deliveries, scan({ statuses: ["pending"], ...more }), endpoints).map(({ action }) => action);
    expect(hurried([delivery(main.id, "pending")], parked)).toEqual(["hurry"]);
    expect(hurried([delivery(main.id, "delivered", { attempts })], parked)).toEqual(["done"]);
    expect(hurried([delivery(main.id, "delivered", { attempts })], event)).toEqual([]); // by its first attempt
    expect(hurried([delivery(main.id, "pending")], parked, { isSecondScan: true })).toEqual([]);
  });
});
