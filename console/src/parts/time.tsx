import { signal } from "@preact/signals";
import { language } from "../words/words.ts";

/** The current time, renewed every second while the page is visible, so that relative times stay true. */
const now = signal(Date.now());
setInterval(() => {
  if (document.visibilityState === "visible") now.value = Date.now();
}, 1_000);

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

export function relative(at: number | string, from = now.value): string {
  const difference = new Date(at).getTime() - from;
  const format = new Intl.RelativeTimeFormat(language.value, { numeric: "auto" });
  for (const [unit, ms] of UNITS)
    if (Math.abs(difference) >= ms) return format.format(Math.round(difference / ms), unit);
  return format.format(0, "second");
}

/** The browser's own form of the language, such as `en-GB`: dates differ between its regions. */
function locale(): string {
  return navigator.languages.find((each) => each.split("-")[0] === language.value && isKnown(each)) ?? language.value;
}

/** Chromium on a system without a language names `en-US@posix`, which `Intl` refuses. */
function isKnown(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

export function absolute(at: number | string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "medium" }).format(new Date(at));
}

const DAY_SECONDS = 86_400;

/** A time on an axis: of a day its hours, of a longer period its days. @param seconds since the epoch */
export function axisTime(seconds: number, spanSeconds: number): string {
  const fields =
    spanSeconds > DAY_SECONDS
      ? ({ day: "numeric", month: "short" } as const)
      : ({ hour: "numeric", minute: "2-digit" } as const);
  return new Intl.DateTimeFormat(locale(), fields).format(new Date(seconds * 1_000));
}

export function number(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

/** A time, relative, with the exact one as its title. */
export function Time({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={absolute(at)}>
      {relative(at)}
    </time>
  );
}

/** A length of time in its largest units: `1 h 30 min`. */
export function duration(seconds: number): string {
  const units = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
    ["second", 1],
  ] as const;
  let left = Math.round(seconds);
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0 && parts.length < 2)
      parts.push(new Intl.NumberFormat(language.value, { style: "unit", unit, unitDisplay: "short" }).format(count));
  }
  return parts.join(" ") || new Intl.NumberFormat(language.value, { style: "unit", unit: "second" }).format(0);
}
