import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRetryAfter } from "../../lambdas/retry/model/retry-after.ts";

const NOW = Date.UTC(1994, 10, 6, 8, 49, 0);

describe("Retry-After", () => {
  it.each([
    ["120", 120_000],
    ["0", 0],
    [" 5 ", 5_000],
    ["Sun, 06 Nov 1994 08:49:37 GMT", 37_000],
    ["Sunday, 06-Nov-94 08:49:37 GMT", 37_000],
    ["Sun Nov  6 08:49:37 1994", 37_000],
    ["Sun, 06 Nov 1994 08:48:00 GMT", 0],
  ])("Retry-After %j requests a wait of %d ms", (value, expected) => {
    expect(parseRetryAfter(503, value, NOW)).toBe(expected);
    expect(parseRetryAfter(429, value, NOW)).toBe(expected);
  });

  it.each([
    "",
    "-1",
    "1.5",
    "NaN",
    "1e12",
    "1000000000000",
    "5, 6",
    "Sun, 99 Nov 1994 08:49:37 GMT",
    "tomorrow",
    "Sun, 06 Foo 1994 08:49:37 GMT",
  ])("Retry-After %j requests no wait", (value) => {
    expect(parseRetryAfter(503, value, NOW)).toBe(0);
  });

  it("Retry-After counts only with 429 and 503", () => {
    expect(parseRetryAfter(500, "120", NOW)).toBe(0);
    expect(parseRetryAfter(503, undefined, NOW)).toBe(0);
  });

  it("Retry-After never throws and never requests a negative wait", () => {
    fc.assert(
      fc.property(
        fc.string(),
        (value) => Number.isFinite(parseRetryAfter(503, value, NOW)) && parseRetryAfter(503, value, NOW) >= 0,
      ),
    );
  });
});
