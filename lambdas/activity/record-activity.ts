import type { Accounts } from "../ports/accounts.ts";
import type { ActivityLog } from "../ports/activity.ts";
import type { Clock, Random } from "../ports/clock.ts";
import type { Log } from "../ports/operations.ts";
import { newId } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";
import { keptUntil } from "../shared/retention.ts";
import type { Activity } from "./model/activity.ts";

interface Ports {
  readonly clock: Clock;
  readonly random: Pick<Random, "next">;
  readonly accounts: Pick<Accounts, "find">;
  readonly activity: Pick<ActivityLog, "add">;
  readonly report: Pick<Log, "activityLost">;
}

/** Who made a change: a call of the API as it is, or the command line, which has no key. */
export interface Actor {
  /** The account whose activity it is. */
  readonly account: string;
  readonly key?: { readonly id: string; readonly session?: { readonly id: string } | undefined };
  readonly isOperator: boolean;
}

/** What was changed. */
export interface Change extends Pick<Activity, "action" | "endpoint" | "subject"> {
  /** The request's body, of which the names of the fields are kept. */
  readonly body?: unknown;
  /** Whether an earlier request has made the change, and its entry. */
  readonly isReplay?: boolean;
}

/**
 * Records a change that was made, in one write. Called after the change: the log never holds a change that was refused. An
 * error does not fail the request, because the change stands; it is reported to the operator.
 */
export async function recordActivity(ports: Ports, actor: Actor, change: Change): Promise<void> {
  const { clock, random, accounts, activity, report } = ports;
  const { account, key, isOperator } = actor;
  const { action, endpoint, subject, body, isReplay = false } = change;
  if (isReplay) return;
  try {
    const at = clock.now();
    const { retentionDays } = await accounts.find(account);
    const fields = fieldsOf(body);
    const entry: Activity = {
      id: newId("act", at, random.next),
      account,
      at,
      action,
      isOperator,
      ...(key !== undefined && { keyId: key.id }),
      ...(key?.session !== undefined && { sessionId: key.session.id }),
      ...(endpoint !== undefined && { endpoint }),
      ...(subject !== undefined && { subject }),
      ...(fields.length > 0 && { fields }),
    };
    await activity.add(entry, keptUntil(at, retentionDays));
  } catch (error) {
    report.activityLost(account, error);
  }
}

function fieldsOf(body: unknown): string[] {
  const names = typeof body === "object" && body !== null ? Object.keys(body) : [];
  return names.slice(0, LIMITS.activityFields).map((name) => name.slice(0, LIMITS.fieldErrorChars));
}
