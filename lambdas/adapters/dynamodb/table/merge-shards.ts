/** The items read from one shard, newest first. */
export interface ShardPart<T> {
  readonly items: readonly T[];
  /** The lowest id that was read; absent if the shard was read to its end. */
  readonly floor?: string;
}

/** The merged list, as far as it is complete. */
export interface Merged<T> {
  readonly items: readonly T[];
  /** The id below which the list is not complete yet; absent if all shards were read to their ends. */
  readonly next?: string;
}

/** Merges shards, newest first. Items below any shard's floor are left out, because that shard may have items in between. */
export function mergeShards<T>(parts: readonly ShardPart<T>[], idOf: (item: T) => string, limit: number): Merged<T> {
  const floors = parts.flatMap(({ floor }) => (floor === undefined ? [] : [floor]));
  const highest = floors.reduce<string | undefined>(
    (max, floor) => (max === undefined || floor > max ? floor : max),
    undefined,
  );
  const complete = parts
    .flatMap(({ items }) => items)
    .filter((item) => highest === undefined || idOf(item) >= highest)
    .sort((a, b) => (idOf(a) < idOf(b) ? 1 : -1));
  const items = complete.slice(0, limit);
  const last = items.at(-1);
  if (complete.length > limit && last !== undefined) return { items, next: idOf(last) };
  return highest === undefined ? { items } : { items, next: highest };
}
