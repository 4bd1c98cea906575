/** One event that a receiver took more than once. */
export interface Duplicate {
  readonly id: string;
  /** Epoch ms, in order. */
  readonly takenAt: readonly number[];
  /** How long before a kill it was taken, where each repetition has such a kill; the longest of them. */
  readonly beforeKillMs: number | undefined;
}

/** What a killed sender had in flight is read a moment after the kill. Ours. */
const IN_FLIGHT_MS = 1_000;

/**
 * Finds what was taken more than once, and the kills that explain it: one that came soon after a time that it was taken,
 * and before the next.
 * @param taken when each event was taken, epoch ms, in order
 * @param nearMs how long before a kill a POST may not have been written down
 */
export function duplicatesIn(
  taken: ReadonlyMap<string, readonly number[]>,
  killedAt: readonly number[],
  nearMs: number,
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
    return [{ id, takenAt, beforeKillMs: Number.isFinite(longest) ? longest : undefined }];
  });
}
