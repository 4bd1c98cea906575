/** An event that a receiver accepted more than once. */
export interface Duplicate {
  readonly id: string;
  /** When it was accepted, epoch ms, in order. */
  readonly arrivedAt: readonly number[];
  /** The longest time from an arrival to the kill that explains the next one; `undefined` if one has no such kill. */
  readonly beforeKillMs: number | undefined;
  /** Whether the queue may hold two copies, because SQS responded late and the SDK sent the message again. */
  readonly mayBeQueuedTwice: boolean;
}

/** A POST in flight at a kill may arrive this long after it. Ours. */
const IN_FLIGHT_MS = 1_000;
/** After it the functions send to SQS again: `requestTimeout` in lambdas/adapters/aws/clients.ts. */
const SQS_RETRY_MS = 3_000;

/**
 * Finds events that were accepted more than once, and an explanation: a kill shortly after one arrival and before the next,
 * or a 202 so late that the message may have been sent to SQS twice.
 * @param received when each event was accepted, epoch ms, in order
 * @param nearMs how long before a kill a POST may be without a record
 * @param answerMs the time until each event's 202; an event has none if a kill came before its 202
 */
export function duplicatesIn(
  received: ReadonlyMap<string, readonly number[]>,
  killedAt: readonly number[],
  nearMs: number,
  answerMs: ReadonlyMap<string, number>,
): Duplicate[] {
  const beforeKill = (at: number, againAt: number): number =>
    Math.min(
      ...killedAt
        .filter((kill) => kill >= at - IN_FLIGHT_MS && kill <= at + nearMs && kill <= againAt)
        .map((kill) => Math.max(0, kill - at)),
    );
  return [...received].flatMap(([id, arrivedAt]) => {
    if (arrivedAt.length < 2) return [];
    const longest = Math.max(...arrivedAt.slice(1).map((againAt, i) => beforeKill(arrivedAt[i] ?? 0, againAt)));
    const beforeKillMs = Number.isFinite(longest) ? longest : undefined;
    return [{ id, arrivedAt, beforeKillMs, mayBeQueuedTwice: (answerMs.get(id) ?? 0) >= SQS_RETRY_MS }];
  });
}
