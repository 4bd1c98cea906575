import { InvalidArgumentError } from "commander";

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time: RFC 3339, or how long ago, such as `90s`, `30m`, `2h`, `7d`. @returns RFC 3339 */
export function timeValue(text: string): string {
  const ago = /^(\d{1,6})(s|m|h|d)$/.exec(text);
  const at = ago === null ? Date.parse(text) : Date.now() - Number(ago[1]) * (UNITS[ago[2] ?? ""] ?? 0);
  if (Number.isNaN(at) || (ago === null && !/^\d{4}-\d\d-\d\dT/.test(text)))
    throw new InvalidArgumentError("Need a time such as 2026-12-01T08:00:00Z, or how long ago: 90s, 30m, 2h, 7d.");
  return new Date(at).toISOString();
}

export function wholeValue(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Need a whole number from ${min} to ${max}.`);
  };
}

export function urlValue(text: string): string {
  const full = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  if (URL.canParse(full) && /^https?:$/.test(new URL(full).protocol)) return full;
  throw new InvalidArgumentError("Need a URL such as https://example.com/hooks.");
}

/** Several values, separated by commas. */
export function listValue(text: string): string[] {
  return text
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean);
}
