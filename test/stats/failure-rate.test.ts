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

describe("a share of e-mails that do not arrive", () => {
  it.each([
    ["65 of 100", 35, 65, true],
    ["61 of 100", 39, 61, true],
    ["60 of 100", 40, 60, false],
    ["99 of 99", 0, 99, false],
    ["none of none", 0, 0, false],
    ["601 of 1,000", 399, 601, true],
  ])("of %s calls for it: %4$s", (_, delivered, undelivered, expected) => {
    expect(isOver(share(delivered, undelivered), LIMIT)).toBe(expected);
  });

  it("is over from one e-mail on, and never back by one more that does not arrive", () => {
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

  it("is that of each platform's own events, in all and for each of the 20 busiest domains", () => {
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

  it("counts each e-mail once in all, however it is spread over windows and domains", () => {
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
        const inAll = failureRatesOf(windows).filter(({ destination }) => destination === null);
        const counted = inAll.reduce((sum, { delivered, undelivered }) => sum + delivered + undelivered, 0);
        const sent = windows.flatMap((one) => Object.values(one)).reduce((sum, count) => sum + count, 0);
        expect(counted).toBe(sent);
      }),
    );
  });

  it("is that of the last minutes, in whole windows, the running one among them", () => {
    expect(watchedFrom(NOON, LIMIT)).toBe(NOON - 15 * MINUTE_MS);
    expect(watchedFrom(NOON + 5 * MINUTE_MS - 1, LIMIT)).toBe(NOON - 15 * MINUTE_MS);
    expect(watchedFrom(NOON, { ...LIMIT, minutes: 5 })).toBe(NOON - 5 * MINUTE_MS);
  });
});

describe("a domain that is over all the time", () => {
  it("is told once, though all e-mails are over for a while, and then are not", () => {
    let alerts: readonly FailureRateAlert[] = [];
    const told: string[] = [];
    const look = (minute: number, counts: Record<string, number>) => {
      const shares = failureRatesOf([{ "mailjet#undelivered#bad.example": 100, ...counts }]);
      for (const { latch } of alertChanges(shares, alerts, LIMIT, NOON + minute * MINUTE_MS)) {
        const isNews = latch.overAt !== undefined && !latch.isPublished;
        if (isNews) told.push(`${minute} min: ${latch.destination ?? "all"}`);
        const next = isNews ? publishedAlert(latch).latch : latch;
        alerts = [...alerts.filter((one) => one.destination !== next.destination || one.source !== next.source), next];
      }
    };
    for (let minute = 0; minute <= 5; minute++) look(minute, { "mailjet#delivered#good.example": 500 });
    for (let minute = 6; minute <= 30; minute++) look(minute, { "mailjet#undelivered#good.example": 500 });
    for (let minute = 31; minute <= 40; minute++) look(minute, { "mailjet#delivered#good.example": 500 });
    expect(told).toEqual(["0 min: bad.example", "6 min: all"]);
  });
});

/** What an account is told of one share, and when, over a time. */
function toldOver(times: readonly (readonly [minute: number, share: EmailCounts])[], isDying = false): number[] {
  let alerts: readonly FailureRateAlert[] = [];
  const told: number[] = [];
  for (const [minute, one] of times) {
    const now = NOON + minute * MINUTE_MS;
    for (const { latch } of alertChanges([one], alerts, LIMIT, now)) {
      alerts = [latch];
      if (latch.overAt === undefined || latch.isPublished) continue;
      told.push(latch.overAt);
      if (!isDying || told.length > 1) alerts = [publishedAlert(latch).latch];
    }
  }
  return told.map((at) => (at - NOON) / MINUTE_MS);
}
const over = share(35, 65);
const under = share(40, 60);

describe("an account", () => {
  it("is told once while it lasts", () => {
    expect(toldOver(Array.from({ length: 60 }, (_, minute) => [minute, over]))).toEqual([0]);
  });

  it("is told again when it was well in between", () => {
    expect(
      toldOver([
        [0, over],
        [3, under],
        [4, over],
        [5, over],
      ]),
    ).toEqual([0, 4]);
  });

  it("is told again when nothing of the kind came for so many minutes", () => {
    expect(
      toldOver([
        [0, over],
        [15, over],
        [32, over],
      ]),
    ).toEqual([0, 32]);
  });

  it("is not told again within so many minutes of a time that was not worth writing down", () => {
    expect(
      toldOver([
        [0, over],
        [0.9, over],
        [15.8, over],
      ]),
    ).toEqual([0]);
  });

  it("is not well again by too few e-mails to tell", () => {
    expect(
      toldOver([
        [0, over],
        [3, share(90, 0)],
        [4, over],
      ]),
    ).toEqual([0]);
  });

  it("is told the same once more by whoever comes after a crash between latching and telling", () => {
    expect(
      toldOver(
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

  it("is told of a domain where not all of that platform's e-mails are over the limit", () => {
    const domain = share(0, 100, { destination: "a.example" });
    const others = [share(0, 200, { source: "sarbacane" }), { ...domain, source: "sarbacane" } as const];
    const changes = alertChanges([under, domain, ...others], [], LIMIT, NOON);
    expect(changes.map(({ latch: { source, destination } }) => [source, destination])).toEqual([
      ["mailjet", "a.example"],
      ["sarbacane", null],
    ]);
  });

  it("is told once per episode, whatever comes: never twice without having been well, or unseen, in between", () => {
    const anyShare = fc.constantFrom(over, under, share(1, 1), share(0, 500));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), anyShare), { maxLength: 30 }), (gaps) => {
        let minute = 0;
        const times = gaps.map(([gap, one]): [number, EmailCounts] => {
          minute += gap;
          return [minute, one];
        });
        let isLatched = false;
        let seen = 0;
        const expected: number[] = [];
        for (const [at, one] of times) {
          if (isLatched && at - seen > 16) isLatched = false;
          if (isOver(one, LIMIT)) {
            if (!isLatched) expected.push(at);
            isLatched = true;
            seen = at;
          } else if (one.delivered + one.undelivered >= 100) isLatched = false;
        }
        expect(toldOver(times)).toEqual(expected);
      }),
    );
  });
});
