/** The order of a list: ids sort by time. */
export type Order = "newest first" | "oldest first";

/** The items read from one shard, in the list's order. */
export interface ShardPart<T> {
  readonly items: readonly T[];
  /** The last id that was read; absent if the shard was read to its end. */
  readonly readTo?: string;
}

/** The merged list, as far as it is complete. */
export interface Merged<T> {
  readonly items: readonly T[];
  /** The id after which the list is not complete yet; absent if all shards were read to their ends. */
  readonly next?: string;
}

/** Merges shards. Items after the place to which any shard was read are left out: that shard may have items in between. */
export function mergeShards<T>(
  parts: readonly ShardPart<T>[],
  idOf: (item: T) => string,
  limit: number,
  order: Order = "newest first",
): Merged<T> {
  const isBefore = (one: string, other: string) => (order === "newest first" ? one > other : one < other);
  const ends = parts.flatMap(({ readTo }) => (readTo === undefined ? [] : [readTo]));
  const end = ends.reduce<string | undefined>(
    (first, each) => (first === undefined || isBefore(each, first) ? each : first),
    undefined,
  );
  const complete = parts
    .flatMap(({ items }) => items)
    .filter((item) => end === undefined || !isBefore(end, idOf(item)))
    .sort((a, b) => (isBefore(idOf(a), idOf(b)) ? -1 : 1));
  const items = complete.slice(0, limit);
  const last = items.at(-1);
  if (complete.length > limit && last !== undefined) return { items, next: idOf(last) };
  return end === undefined ? { items } : { items, next: end };
}
