/** What was read of one shard, newest first. */
export interface ShardPart<T> {
  readonly items: readonly T[];
  /** The lowest id that was looked at; absent when the shard was read to its end. */
  readonly floor?: string;
}

/** One list out of many shards, as far as it is certain. */
export interface Merged<T> {
  readonly items: readonly T[];
  /** The id below which nothing is certain yet; absent when all shards were read to their ends. */
  readonly next?: string;
}

/** Merges shards, newest first: what lies below any shard's floor is not certain, for that shard may hold something between. */
export function mergeShards<T>(parts: readonly ShardPart<T>[], idOf: (item: T) => string, limit: number): Merged<T> {
  const floors = parts.flatMap(({ floor }) => (floor === undefined ? [] : [floor]));
  const highest = floors.reduce<string | undefined>(
    (max, floor) => (max === undefined || floor > max ? floor : max),
    undefined,
  );
  const certain = parts
    .flatMap(({ items }) => items)
    .filter((item) => highest === undefined || idOf(item) >= highest)
    .sort((a, b) => (idOf(a) < idOf(b) ? 1 : -1));
  const items = certain.slice(0, limit);
  const last = items.at(-1);
  if (certain.length > limit && last !== undefined) return { items, next: idOf(last) };
  return highest === undefined ? { items } : { items, next: highest };
}
