/** The share-th part of what was measured: 0.99 is what 99 of 100 stay under. */
export function quantile(measured: readonly number[], share: number): number {
  const sorted = measured.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** How long events took from being sent to being taken, in ms, of those that were taken. */
export function latenciesMs(
  sent: ReadonlyMap<string, number>,
  taken: ReadonlyMap<string, readonly number[]>,
  isCounted: (sentAt: number) => boolean = () => true,
): number[] {
  return [...sent].flatMap(([id, sentAt]) => {
    const takenAt = taken.get(id)?.[0];
    return takenAt === undefined || !isCounted(sentAt) ? [] : [takenAt - sentAt];
  });
}

/** Instants that lie close together, as groups: a new one begins after `gapMs` of nothing. */
export function groupsOf(instants: readonly number[], gapMs: number): number[][] {
  const groups: number[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const at of instants.toSorted((a, b) => a - b)) {
    if (at - last > gapMs) groups.push([]);
    groups.at(-1)?.push(at);
    last = at;
  }
  return groups;
}

/** The most instants within any `windowMs`. */
export function mostWithin(instants: readonly number[], windowMs: number): number {
  const sorted = instants.toSorted((a, b) => a - b);
  let most = 0;
  let from = 0;
  for (const [i, at] of sorted.entries()) {
    while (at - (sorted[from] ?? at) >= windowMs) from++;
    most = Math.max(most, i - from + 1);
  }
  return most;
}
