/** The limits of one queue message. */
export interface PackingLimits {
  readonly items: number;
  readonly bytes: number;
}

/**
 * Groups consecutive items, so that no group exceeds `limits`. An item that is larger than `limits.bytes` gets its own
 * group.
 * @param sizeOf bytes of one item, its separator included
 */
export function packed<T>(items: readonly T[], limits: PackingLimits, sizeOf: (item: T) => number): T[][] {
  const groups: T[][] = [];
  let current: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (current.length > 0 && (current.length === limits.items || bytes + size > limits.bytes)) {
      groups.push(current);
      current = [];
      bytes = 0;
    }
    current.push(item);
    bytes += size;
  }
  if (current.length > 0) groups.push(current);
  return groups;
}
