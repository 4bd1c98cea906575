import type { Clock } from "../ports/clock.ts";
import type { EventQueue } from "../ports/events.ts";
import type { Recoveries } from "../ports/recoveries.ts";
import { LIMITS } from "../shared/limits.ts";
import { hasEnded, type Recovery, type RunningRecovery } from "./model/recovery.ts";

interface Ports {
  readonly clock: Pick<Clock, "now">;
  readonly queue: EventQueue;
  readonly recoveries: Recoveries;
}

const OVERDUE_MS = LIMITS.overdueSeconds * 1_000;

/**
 * Queues the next step of recoveries again that are two minutes overdue: a crash has lost it. A step also removes
 * those whose request crashed before they were stored.
 * @returns how many were queued
 */
export async function requeueStalled({ clock, queue, recoveries }: Ports): Promise<number> {
  const running = await recoveries.running();
  const found = new Map((await recoveries.read(running)).map((recovery) => [recovery.id, recovery]));
  const before = clock.now() - OVERDUE_MS;
  const overdue = running.filter((each) => dueAt(found.get(each.id) ?? each) < before);
  for (const { account, id } of overdue) await queue.recover({ account, id });
  return overdue.length;
}

/** When something is to be done for a recovery: its next step, its cancellation, or the publication of its end. */
function dueAt(recovery: Recovery | RunningRecovery): number {
  if (!("version" in recovery)) return recovery.createdAt;
  const { cancelRequestedAt, nextAt, updatedAt } = recovery;
  if (hasEnded(recovery)) return updatedAt;
  return cancelRequestedAt === undefined ? nextAt : Math.min(nextAt, cancelRequestedAt);
}
