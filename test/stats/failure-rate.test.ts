import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  alertChanges,
  type EmailCounts,
  type FailureRateAlert,
  type FailureRateLimit,
  failureRatesOf,
  isOver,
  publishedAlert,
  watchedFrom,
} from "../../lambdas/stats/model/failure-rate.ts";

const LIMIT: FailureRateLimit = { percent: 60, minutes: 15, emails: 100 };
const MINUTE_MS = 60_000;
const NOON = Date.UTC(2026, 10, 21, 12);
const share = (delivered: number, undelivered: number, more: Partial<EmailCounts> = {}): EmailCounts => ({
  source: "mailjet",
  destination: null,
  delivered,
  undelivered,
  ...more,
});

describe("the failure rate", () => {
  it.each([
    ["65 of 100", 35, 65, true],
    ["61 of 100", 39, 61, true],
    ["60 of 100", 40, 60, false],
    ["99 of 99", 0, 99, false],
    ["none of none", 0, 0, false],
    ["601 of 1,000", 399, 601, true],
  ])("a failure rate of %s exceeds the limit: %4$s", (_, delivered, undelivered, expected) => {
    expect(isOver(share(delivered, undelivered), LIMIT)).toBe(expected);
  });

  it("the limit is compared without rounding, and more undelivered e-mails never end an alert", () => {
    fc.assert(
      fc.property(fc.nat(2_000), fc.nat(2_000), fc.integer({ min: 1, max: 99 }), (delivered, undelivered, percent) => {
        const limit = { ...LIMIT, percent };
        const isEnough = delivered + undelivered >= 100;
        const exactly = BigInt(undelivered) * 100n > BigInt(percent) * BigInt(delivered + undelivered);
        expect(isOver(share(delivered, undelivered), limit)).toBe(isEnough && exactly);
        if (isOver(share(delivered, undelivered), limit))
          expect(isOver(share(delivered, undelivered + 1), limit)).toBe(true);
      }),
    );
  });

  it("failure rates are calculated per platform, in total and for each of its 20 busiest domains", () => {
    const windows = [
      { "mailjet#delivered#a.example": 3, "mailjet#undelivered#a.example": 1, "mailjet#delivered#*": 5 },
      { "mailjet#undelivered#a.example": 2, "sarbacane#undelivered#b.example": 7 },
    ];
    expect(failureRatesOf(windows)).toEqual([
      share(8, 3),
      share(0, 0, { destination: "b.example" }),
      share(3, 3, { destination: "a.example" }),
      share(0, 7, { source: "sarbacane" }),
      share(0, 7, { source: "sarbacane", destination: "b.example" }),
      share(0, 0, { source: "sarbacane", destination: "a.example" }),
    ]);
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`mailjet#delivered#d${n}.example`, n + 1]));
    const domains = failureRatesOf([many]).flatMap(({ source, destination }) =>
      source === "mailjet" ? [destination] : [],
    );
    expect(domains).toHaveLength(21);
    expect(domains).toContain("d29.example");
    expect(domains).not.toContain("d9.example");
  });

  it("the totals count each e-mail once, for any windows and domains", () => {
    const counts = fc.dictionary(
      fc
        .tuple(
          fc.constantFrom("mailjet", "sarbacane"),
          fc.constantFrom("delivered", "undelivered"),
          fc.constantFrom("a.example", "b.example", "*"),
        )
        .map((parts) => parts.join("#")),
      fc.nat(1_000),
    );
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 3 }), (windows) => {
        const totals = failureRatesOf(windows).filter(({ destination }) => destination === null);
        const counted = totals.reduce((sum, { delivered, undelivered }) => sum + delivered + undelivered, 0);
        const sent = windows.flatMap((counts) => Object.values(counts)).reduce((sum, count) => sum + count, 0);
        expect(counted).toBe(sent);
      }),
    );
  });

  it("the failure rate covers the last minutes in whole windows, including the current one", () => {
    expect(watchedFrom(NOON, LIMIT)).toBe(NOON - 15 * MINUTE_MS);
    expect(watchedFrom(NOON + 5 * MINUTE_MS - 1, LIMIT)).toBe(NOON - 15 * MINUTE_MS);
    expect(watchedFrom(NOON, { ...LIMIT, minutes: 5 })).toBe(NOON - 5 * MINUTE_MS);
  });
});

describe("a domain that is always over the limit", () => {
  it("an alert for a domain is published once, also while the total is over the limit for a while", () => {
    let alerts: readonly FailureRateAlert[] = [];
    const published: string[] = [];
    const check = (minute: number, counts: Record<string, number>) => {
      const shares = failureRatesOf([{ "mailjet#undelivered#bad.example": 100, ...counts }]);
      for (const { alert } of alertChanges(shares, alerts, LIMIT, NOON + minute * MINUTE_MS)) {
        const isNew = alert.overAt !== undefined && !alert.isPublished;
        if (isNew) published.push(`${minute} min: ${alert.destination ?? "all"}`);
        const next = isNew ? publishedAlert(alert).alert : alert;
        alerts = [
          ...alerts.filter((alert) => alert.destination !== next.destination || alert.source !== next.source),
          next,
        ];
      }
    };
    for (let minute = 0; minute <= 5; minute++) check(minute, { "mailjet#delivered#good.example": 500 });
    for (let minute = 6; minute <= 30; minute++) check(minute, { "mailjet#undelivered#good.example": 500 });
    for (let minute = 31; minute <= 40; minute++) check(minute, { "mailjet#delivered#good.example": 500 });
    expect(published).toEqual(["0 min: bad.example", "6 min: all"]);
  });
});

/** The minutes at which an alert is published. @param isCrashing whether the first publication is not recorded */
function publishedAt(times: readonly (readonly [minute: number, share: EmailCounts])[], isCrashing = false): number[] {
  let alerts: readonly FailureRateAlert[] = [];
  const published: number[] = [];
  for (const [minute, current] of times) {
    const now = NOON + minute * MINUTE_MS;
    for (const { alert } of alertChanges([current], alerts, LIMIT, now)) {
      alerts = [alert];
      if (alert.overAt === undefined || alert.isPublished) continue;
      published.push(alert.overAt);
      if (!isCrashing || published.length > 1) alerts = [publishedAlert(alert).alert];
    }
  }
  return published.map((at) => (at - NOON) / MINUTE_MS);
}
const over = share(35, 65);
const under = share(40, 60);

describe("alerts of an account", () => {
  it("an alert is published once while the failure rate stays over the limit", () => {
    expect(publishedAt(Array.from({ length: 60 }, (_, minute) => [minute, over]))).toEqual([0]);
  });

  it("an alert is published again after the failure rate was at or below the limit", () => {
    expect(
      publishedAt([
        [0, over],
        [3, under],
        [4, over],
        [5, over],
      ]),
    ).toEqual([0, 4]);
  });

  it("an alert is published again if the failure rate was last over the limit more than 15 minutes ago", () => {
    expect(
      publishedAt([
        [0, over],
        [15, over],
        [32, over],
      ]),
    ).toEqual([0, 32]);
  });

  it("an alert is not published again if an update within a minute was skipped", () => {
    expect(
      publishedAt([
        [0, over],
        [0.9, over],
        [15.8, over],
      ]),
    ).toEqual([0]);
  });

  it("too few e-mails do not end an alert", () => {
    expect(
      publishedAt([
        [0, over],
        [3, share(90, 0)],
        [4, over],
      ]),
    ).toEqual([0]);
  });

  it("an alert is published again after a crash that happened before its publication was recorded", () => {
    expect(
      publishedAt(
        [
          [0, over],
          [2, under],
          [3, under],
          [4, over],
        ],
        true,
      ),
    ).toEqual([0, 0, 4]);
  });

  it("an alert names a domain if only that domain is over the limit", () => {
    const domain = share(0, 100, { destination: "a.example" });
    const others = [share(0, 200, { source: "sarbacane" }), { ...domain, source: "sarbacane" } as const];
    const changes = alertChanges([under, domain, ...others], [], LIMIT, NOON);
    expect(changes.map(({ alert: { source, destination } }) => [source, destination])).toEqual([
      ["mailjet", "a.example"],
      ["sarbacane", null],
    ]);
  });

  it("an alert is published exactly once per episode for any sequence of failure rates", () => {
    const anyShare = fc.constantFrom(over, under, share(1, 1), share(0, 500));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), anyShare), { maxLength: 30 }), (gaps) => {
        let minute = 0;
        const times = gaps.map(([gap, current]): [number, EmailCounts] => {
          minute += gap;
          return [minute, current];
        });
        let isAlerting = false;
        let lastSeen = 0;
        const expected: number[] = [];
        for (const [at, current] of times) {
          if (isAlerting && at - lastSeen > 16) isAlerting = false;
          if (isOver(current, LIMIT)) {
            if (!isAlerting) expected.push(at);
            isAlerting = true;
            lastSeen = at;
          } else if (current.delivered + current.undelivered >= 100) isAlerting = false;
        }
        expect(publishedAt(times)).toEqual(expected);
      }),
    );
  });
});
