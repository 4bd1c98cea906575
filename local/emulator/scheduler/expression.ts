const MINUTE_MS = 60_000;
const UNIT_MS: Readonly<Record<string, number>> = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: 1_440 * MINUTE_MS };
const AT = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/;
const RATE = /^rate\(([1-9]\d{0,8}) (minute|hour|day)s?\)$/;

/** When a schedule fires: once, or repeatedly. Instants in epoch ms. */
export type Timing = { readonly at: number } | { readonly everyMs: number };

/**
 * Reads a schedule expression: `at(yyyy-mm-ddThh:mm:ss)` or `rate(value unit)`. `cron()` is not supported:
 * nothing here needs it.
 * @param timezone the IANA time zone of `at()`
 * @throws {RangeError} if it is neither, or the time zone or the day does not exist
 */
export function readExpression(expression: string, timezone: string): Timing {
  const wallClock = AT.exec(expression)?.[1];
  if (wallClock !== undefined) return { at: instantOf(wallClock, timezone) };
  const [, count, unit = ""] = RATE.exec(expression) ?? [];
  const unitMs = UNIT_MS[unit];
  if (unitMs !== undefined) return { everyMs: Number(count) * unitMs };
  throw new RangeError(`Invalid Schedule Expression ${expression}: need at(yyyy-mm-ddThh:mm:ss) or rate(value unit).`);
}

function instantOf(wallClock: string, timezone: string): number {
  const asIfUtc = Date.parse(`${wallClock}Z`);
  // Date.parse moves 30 February into March; AWS rejects such a day.
  if (Number.isNaN(asIfUtc) || !new Date(asIfUtc).toISOString().startsWith(wallClock)) {
    throw new RangeError(`Invalid Schedule Expression at(${wallClock}): the time does not exist.`);
  }
  // The offset is read twice: at the wall clock as if in UTC, then at the real instant. They differ around a clock change.
  const approximate = asIfUtc - offsetMs(asIfUtc, timezone);
  return asIfUtc - offsetMs(approximate, timezone);
}

/** The time zone's offset from UTC at an instant. */
function offsetMs(at: number, timezone: string): number {
  const shown = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    timeZoneName: "longOffset",
  })
    .formatToParts(at)
    .find(({ type }) => type === "timeZoneName")?.value;
  const [, sign, hours = 0, minutes = 0] = /^GMT([+-])(\d{2}):(\d{2})/.exec(shown ?? "") ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
}
