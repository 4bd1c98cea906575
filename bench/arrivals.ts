/** A quantile of the measured values: with 0.99 the p99. `NaN` without values. */
export function quantile(measured: readonly number[], fraction: number): number {
  const sorted = measured.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

/** Milliseconds from the sending of each event to its first arrival. Events that did not arrive are left out. */
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

/** Groups instants: a pause of more than `gapMs` starts a new group. */
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

/** The maximum number of instants within any window of `windowMs`. */
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
