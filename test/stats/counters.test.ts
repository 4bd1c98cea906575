import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FirstResult, LoggedEvent } from "../../lambdas/delivery/model/delivery.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { additionTo, countsOf, finalOutcomeCounts, intervals, windowAt } from "../../lambdas/stats/model/counters.ts";
import { summed } from "../../lambdas/stats/model/counts.ts";
import { emailOutcomeOf } from "../../lambdas/stats/model/email-outcome.ts";
import { eventWith } from "../support/examples.ts";

const result = (code: FirstResult["code"]) => ({ code, durationMs: 1, at: 1 });
const logged = (more: Partial<LoggedEvent>): LoggedEvent => ({
  ...eventWith(),
  delivered: {},
  parked: {},
  withheld: {},
  resentTo: [],
  keptUntil: 9,
  ...more,
});
const mailjet = (type: string, email: unknown) =>
  logged({ source: "mailjet", type, payload: Buffer.from(JSON.stringify({ event: type, email })) });

describe("event counters", () => {
  it("event counters hold each event's type and the outcome of each first attempt", () => {
    const events = [
      logged({ type: "open", delivered: { ep_1: result(200), ep_2: result(200) } }),
      logged({ type: "open", parked: { ep_1: result(500), ep_2: result("untried") } }),
      logged({ type: "click", withheld: { ep_1: result("untried") } }),
      logged({ type: "click" }),
    ];
    expect(countsOf("events", events)).toEqual({
      "type#open": 2,
      "type#click": 2,
      "outcome#delivered": 2,
      "outcome#failed": 1,
      "outcome#queued": 1,
      "outcome#suspended": 1,
      "outcome#unmatched": 1,
      "ep.delivered#1": 1,
      "ep.delivered#2": 1,
      "ep.failed#1": 1,
      "ep.queued#2": 1,
      "ep.suspended#1": 1,
      "ep.50#1": 2,
      "ep.50#2": 1,
    });
  });

  it("event counters hold the final outcomes of pending deliveries separately", () => {
    const ended = (["delivered", "exhausted", "delivered", "cancelled"] as const).map((status) => ({
      status,
      endpoint: "ep_1",
      attempts: [{ outcome: "success" as const, startedAt: 1, durationMs: 70 }],
    }));
    expect(finalOutcomeCounts(ended)).toEqual({
      "outcome#deliveredLater": 2,
      "outcome#exhausted": 1,
      "outcome#cancelled": 1,
      "ep.deliveredLater#1": 2,
      "ep.exhausted#1": 1,
      "ep.cancelled#1": 1,
      "ep.100#1": 2,
    });
  });

  it("a counter window is five minutes of UTC", () => {
    const noon = Date.UTC(2026, 10, 21, 12);
    expect([noon, noon + 299_999, noon + 300_000].map(windowAt)).toEqual([noon, noon, noon + 300_000]);
  });
});

describe("e-mail counters", () => {
  it("e-mail counters count delivered and undelivered e-mails by source and domain", () => {
    const events = [
      mailjet("sent", "a@Example.COM"),
      mailjet("sent", "b@example.com"),
      mailjet("blocked", "c@example.com"),
      mailjet("bounce", "d@bücher.example"),
      mailjet("open", "e@example.com"),
      logged({ source: "sarbacane", type: "soft_bounce", payload: Buffer.from('{"email":"f@example.com"}') }),
      logged({ source: "api", type: "sent", payload: Buffer.from('{"email":"g@example.com"}') }),
    ];
    expect(countsOf("emails", events)).toEqual({
      "mailjet#delivered#example.com": 2,
      "mailjet#undelivered#example.com": 1,
      "mailjet#undelivered#xn--bcher-kva.example": 1,
      "sarbacane#undelivered#example.com": 1,
    });
  });

  it.each([
    ["sent", true],
    ["blocked", false],
    ["bounce", false],
  ])("e-mail counters count Mailjet's %s as delivered: %s", (type, isDelivered) => {
    expect(emailOutcomeOf(mailjet(type, "a@b.example"))).toEqual({
      source: "mailjet",
      isDelivered,
      domain: "b.example",
    });
  });

  it.each([
    ["delivered", true],
    ["hard_bounce", false],
    ["soft_bounce", false],
  ])("e-mail counters count Sarbacane's %s as delivered: %s", (type, isDelivered) => {
    const payload = Buffer.from('{"email":"a@b.example"}');
    expect(emailOutcomeOf({ source: "sarbacane", type, payload })).toMatchObject({ isDelivered });
  });

  it.each([
    [undefined],
    [7],
    [""],
    ["no-at-sign"],
    ["a@"],
    ["a@localhost"],
    ["a@b#c.example"],
    [`a@${"x".repeat(250)}.example`],
    ["toString"],
  ])("e-mail counters have no domain for %j", (email) => {
    expect(emailOutcomeOf(mailjet("sent", email))).toEqual({ source: "mailjet", isDelivered: true });
  });

  it("e-mail counters ignore a type named like a built-in property", () => {
    expect(emailOutcomeOf(mailjet("constructor", "a@b.example"))).toBeUndefined();
  });
});

describe("a counter window", () => {
  const many = (count: number, at: (n: number) => string) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [at(n), 1]));

  it.each([
    ["events", LIMITS.statsTypes, (n: number) => `type#t${n}`, "type#*"],
    ["emails", LIMITS.statsDomains, (n: number) => `mailjet#delivered#d${n}.example`, "mailjet#delivered#*"],
  ] as const)("a window of %s counts %i names separately and the rest together", (kind, max, name, rest) => {
    const added = (counts: Record<string, number>, held = {}) => additionTo(kind, counts, held);
    expect(added(many(max, name))).toEqual({ counts: many(max, name), dropped: [] });
    expect(added(many(max + 2, name)).counts[rest]).toBe(2);
    const held = many(max, name);
    expect(added({ [name(0)]: 1 }, held)).toEqual({ counts: { [name(0)]: 1 }, dropped: [] });
    // A name that is at least as frequent as the least frequent one replaces it.
    expect(added({ [name(max)]: 1 }, held)).toEqual({
      counts: { [name(max)]: 1, [rest]: 1 },
      dropped: [name(0)],
    });
    const busy = Object.fromEntries(Object.keys(held).map((name) => [name, 2]));
    expect(added({ [name(max)]: 1 }, busy)).toEqual({ counts: { [rest]: 1 }, dropped: [] });
  });

  it("a window keeps the busiest domain even if it arrives late", () => {
    let held: Record<string, number> = {};
    const add = (counts: Record<string, number>) => {
      const { counts: added, dropped } = additionTo("emails", counts, held);
      const sum = summed([held, added]);
      held = Object.fromEntries(Object.entries(sum).filter(([name]) => !dropped.includes(name)));
    };
    for (let n = 0; n < 200; n++) add({ [`mailjet#delivered#rare${n}.example`]: 1 });
    for (let n = 0; n < 50; n++) {
      add({ [`mailjet#delivered#rare${1_000 + n}.example`]: 1 });
      add({ "mailjet#undelivered#busy.example": 1 });
    }
    expect(held["mailjet#undelivered#busy.example"]).toBeGreaterThanOrEqual(48);
    expect(Object.keys(held).length).toBeLessThanOrEqual(LIMITS.statsDomains + 2);
  });

  it("a window that concurrent functions have overfilled is reduced to its limit", () => {
    const held = many(3 * LIMITS.statsDomains, (n) => `mailjet#delivered#d${n}.example`);
    const { dropped } = additionTo("emails", { "mailjet#delivered#new.example": 1 }, held);
    expect(dropped).toHaveLength(2 * LIMITS.statsDomains + 1);
  });

  it("a window counts both outcomes of a known domain, and all outcomes of events", () => {
    const held = many(LIMITS.statsDomains, (n) => `mailjet#delivered#d${n}.example`);
    const other = { "sarbacane#undelivered#d1.example": 1 };
    expect(additionTo("emails", other, held)).toEqual({ counts: other, dropped: [] });
    const types = many(LIMITS.statsTypes, (n) => `type#t${n}`);
    expect(additionTo("events", { "outcome#failed": 3 }, types)).toEqual({
      counts: { "outcome#failed": 3 },
      dropped: [],
    });
  });

  it("a window loses no count for any names", () => {
    const counts = fc.dictionary(
      fc.tuple(fc.constantFrom("type#", "outcome#"), fc.stringMatching(/^[a-z*]{1,3}$/)).map((parts) => parts.join("")),
      fc.nat(1_000),
      { maxKeys: 60 },
    );
    const total = (all: Readonly<Record<string, number>>) => Object.values(all).reduce((sum, count) => sum + count, 0);
    fc.assert(
      fc.property(counts, counts, (all, held) => {
        const { counts: added, dropped } = additionTo("events", all, held);
        const gone = Object.entries(held).filter(([name]) => dropped.includes(name));
        expect(total(added)).toBe(total(all) + total(Object.fromEntries(gone)));
      }),
    );
  });
});

describe("intervals", () => {
  it("intervals include every window once and appear even if nothing was counted", () => {
    const M = 60_000;
    const windows = [
      { at: 60 * M, counts: { a: 1 } },
      { at: 65 * M, counts: { a: 2, b: 1 } },
      { at: 180 * M, counts: { a: 4 } },
    ];
    expect(intervals(windows, { from: 60 * M, to: 240 * M, intervalMs: 60 * M })).toEqual([
      { at: 60 * M, counts: { a: 3, b: 1 } },
      { at: 120 * M, counts: {} },
      { at: 180 * M, counts: { a: 4 } },
    ]);
    expect(summed(windows.map(({ counts }) => counts))).toEqual({ a: 7, b: 1 });
  });
});
