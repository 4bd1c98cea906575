/** One event that a receiver took more than once. */
export interface Duplicate {
  readonly id: string;
  /** Epoch ms, in order. */
  readonly takenAt: readonly number[];
  /** How long before a kill it was taken, where each repetition has such a kill; the longest of them. */
  readonly beforeKillMs: number | undefined;
  /** Whether the queue may have been asked twice to take it, for its first answer was late: then it holds two copies. */
  readonly isMaybeQueuedTwice: boolean;
}

/** What a killed sender had in flight is read a moment after the kill. Ours. */
const IN_FLIGHT_MS = 1_000;
/** After which the functions ask SQS again: `requestTimeout` in lambdas/adapters/aws/clients.ts. */
const ASKED_AGAIN_MS = 3_000;

/**
 * Finds what was taken more than once, and what explains it: a kill that came soon after a time that it was taken, and
 * before the next; or a 202 so late that SQS was asked twice.
 * @param taken when each event was taken, epoch ms, in order
 * @param nearMs how long before a kill a POST may not have been written down
 * @param answerMs how long each event's 202 took; it is missing where a kill kept the 202 from the sender
 */
export function duplicatesIn(
  taken: ReadonlyMap<string, readonly number[]>,
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
  return [...taken].flatMap(([id, takenAt]) => {
    if (takenAt.length < 2) return [];
    const longest = Math.max(...takenAt.slice(1).map((againAt, i) => beforeKill(takenAt[i] ?? 0, againAt)));
    const beforeKillMs = Number.isFinite(longest) ? longest : undefined;
    return [{ id, takenAt, beforeKillMs, isMaybeQueuedTwice: (answerMs.get(id) ?? 0) >= ASKED_AGAIN_MS }];
  });
}
