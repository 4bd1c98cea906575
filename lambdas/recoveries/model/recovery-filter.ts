import type { Account } from "../../accounts/model/account.ts";
import { type FieldError, RappelError } from "../../shared/errors.ts";
import { LIMITS } from "../../shared/limits.ts";
import type { RecoveryFilter, RecoveryRequest } from "./recovery.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * What a recovery is about: the request, with defaults for its times.
 * @throws {RappelError} `FIELDS_INVALID`
 */
export function checkedFilter(
  request: RecoveryRequest,
  { retentionDays }: Pick<Account, "retentionDays">,
  now: number,
): RecoveryFilter {
  const until = Math.min(request.until ?? now, now);
  // Older events are no longer in the log.
  const oldest = now - retentionDays * DAY_MS;
  const since = Math.max(request.since ?? now - LIMITS.recoveryHours * HOUR_MS, oldest);
  const errors: FieldError[] = [];
  // A caller's clock can be a little ahead.
  if (request.until !== undefined && request.until > now + LIMITS.clockSkewMs)
    errors.push({ pointer: "/until", detail: "is in the future", allowed: "now or earlier; absent: now" });
  else if (since >= until)
    errors.push({
      pointer: request.until === undefined ? "/since" : "/until",
      detail: "ends before it begins",
      allowed: `since before until, and both within the account's retention of ${retentionDays} days`,
    });
  if (request.statuses.includes("unsent") && request.endpoint === undefined)
    errors.push({ pointer: "/endpoint", detail: "is missing", allowed: 'an endpoint id, which "unsent" needs' });
  if (errors.length > 0) throw new RappelError("FIELDS_INVALID", "Some fields are invalid", { errors });
  const { endpoint, types, statuses } = request;
  return { since, until, statuses, ...(endpoint !== undefined && { endpoint }), ...(types !== undefined && { types }) };
}
