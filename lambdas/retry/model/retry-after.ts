import { LIMITS } from "../../shared/limits.ts";

const DELAY = /^\d{1,9}$/;
const RETRY_AFTER_STATUSES = new Set([429, 503]);

/**
 * The wait that a receiver requests, ms, at most a day. 0 without a valid wait: a past or unreadable date, a fraction,
 * a sign, a list. Ours: only 429 and 503 count.
 * @param value `Retry-After` (RFC 9110, 10.2.3): seconds, or a date in one of HTTP's three formats
 */
export function parseRetryAfter(status: number, value: string | undefined, now: number): number {
  if (value === undefined || !RETRY_AFTER_STATUSES.has(status)) return 0;
  const text = value.trim();
  if (DELAY.test(text)) return Math.min(Number(text) * 1_000, LIMITS.retryAfterMsMax);
  const at = httpDate(text, now);
  return at === undefined ? 0 : Math.min(Math.max(0, at - now), LIMITS.retryAfterMsMax);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const IMF = /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/;
const RFC_850 =
  /^[A-Z][a-z]{5,8}, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/;

/** An HTTP-date (RFC 9110, 5.6.7) in epoch ms. */
function httpDate(text: string, now: number): number | undefined {
  const parts = [IMF, RFC_850, ASCTIME].map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined);
  const { day = "", month = "", year = "", time = "" } = parts ?? {};
  const monthNumber = MONTHS.indexOf(month) + 1;
  if (monthNumber === 0) return undefined;
  const twoDigits = (part: string | number) => String(part).trim().padStart(2, "0");
  const at = Date.parse(`${fullYear(year, now)}-${twoDigits(monthNumber)}-${twoDigits(day)}T${time}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** A two-digit year means the year that is at most 50 years ahead (RFC 9110). */
function fullYear(year: string, now: number): number {
  if (year.length === 4) return Number(year);
  const thisYear = new Date(now).getUTCFullYear();
  const inThisCentury = thisYear - (thisYear % 100) + Number(year);
  return inThisCentury > thisYear + 50 ? inThisCentury - 100 : inThisCentury;
}
