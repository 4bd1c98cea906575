import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Page } from "../../../ports/page.ts";
import { SHARDS } from "../../../shared/ids.ts";
import { mergeShards, type ShardPart } from "./merge-shards.ts";
import type { Table } from "./table.ts";

/** A query over all shards. */
export interface ShardedQuery<T> {
  readonly partition: (shard: number) => string;
  readonly parse: (item: unknown) => T;
  readonly idOf: (item: T) => string;
  /** Only ids below this one. */
  readonly before?: string | undefined;
  /** Only ids from this one on. */
  readonly after?: string | undefined;
  readonly filter?: {
    readonly expression: string;
    readonly names: Record<string, string>;
    readonly values: Record<string, unknown>;
  };
  readonly limit: number;
}

const LOWEST = "!"; // sorts before every id
const HIGHEST = "~"; // sorts after every id
// Ours: with a filter most items may not match, so one response reads at most five rounds of eight pages.
const ROUNDS_MAX = 5;
const FILTERED_PAGE = 200;
const EXTRA_PER_SHARD = 3; // ours

/** Reads a list that is spread over shards, newest first, strongly consistent. */
export async function queryShards<T>({ client, name }: Table, query: ShardedQuery<T>): Promise<Page<T>> {
  const { partition, parse, idOf, before = HIGHEST, after = LOWEST, filter, limit } = query;

  if (after >= before) return { items: [] }; // DynamoDB rejects a range whose end is before its start

  async function read(shard: number, below: string): Promise<ShardPart<T>> {
    const page = await client.send(
      new QueryCommand({
        TableName: name,
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: filter === undefined ? limit + 1 : FILTERED_PAGE,
        KeyConditionExpression: "pk = :pk AND sk BETWEEN :after AND :below",
        // BETWEEN includes its bounds. `below` was on the page before: starting after it leaves it out.
        ...(below !== HIGHEST && { ExclusiveStartKey: { pk: partition(shard), sk: below } }),
        ...(filter && {
          FilterExpression: filter.expression,
          ...(Object.keys(filter.names).length > 0 && { ExpressionAttributeNames: filter.names }),
        }),
        ExpressionAttributeValues: { ":pk": partition(shard), ":after": after, ":below": below, ...filter?.values },
      }),
    );
    const floor: unknown = page.LastEvaluatedKey?.["sk"];
    return { items: (page.Items ?? []).map(parse), ...(floor !== undefined && { floor: String(floor) }) };
  }

  let parts = await Promise.all(Array.from({ length: SHARDS }, (_, shard) => read(shard, before)));
  for (let round = 1; round < ROUNDS_MAX; round++) {
    const merged = mergeShards(parts, idOf, limit);
    if (merged.items.length === limit || merged.next === undefined) break;
    parts = await Promise.all(
      parts.map(async (part, shard) => (part.floor === undefined ? part : joined(part, await read(shard, part.floor)))),
    );
  }
  return mergeShards(parts, idOf, limit);
}

/** Reads the first items after `after` from all shards, oldest first, strongly consistent. */
export async function oldestOfShards<T>(
  { client, name }: Table,
  { partition, parse, idOf, after, limit }: Pick<ShardedQuery<T>, "partition" | "parse" | "idOf" | "after" | "limit">,
): Promise<T[]> {
  const read = async (shard: number) => {
    const page = await client.send(
      new QueryCommand({
        TableName: name,
        ConsistentRead: true,
        // Its part of the limit and a few more: further items would rarely be needed.
        Limit: Math.ceil(limit / SHARDS) + EXTRA_PER_SHARD,
        KeyConditionExpression: "pk = :pk AND sk > :after",
        ExpressionAttributeValues: {
          ":pk": partition(shard),
          ":after": after === undefined || after === "" ? LOWEST : after,
        },
      }),
    );
    const end: unknown = page.LastEvaluatedKey?.["sk"];
    return { items: (page.Items ?? []).map(parse), end: end === undefined ? HIGHEST : String(end) };
  };
  const parts = await Promise.all(Array.from({ length: SHARDS }, (_, shard) => read(shard)));
  // Items above any shard's end are left out, because that shard may have items before them.
  const complete = parts.reduce((lowest, { end }) => (end < lowest ? end : lowest), HIGHEST);
  return parts
    .flatMap(({ items }) => items)
    .filter((item) => idOf(item) <= complete)
    .sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
    .slice(0, limit);
}

/** Counts the items whose ids lie between `above` and `below`, up to `max`, strongly consistent. */
export async function countShards(
  { client, name }: Table,
  {
    partition,
    above = LOWEST,
    below = HIGHEST,
    max,
  }: {
    readonly partition: (shard: number) => string;
    readonly above?: string | undefined;
    readonly below?: string | undefined;
    readonly max: number;
  },
): Promise<number> {
  if (above >= below) return 0;
  const countOf = async (shard: number) => {
    let count = 0;
    let from: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: name,
          ConsistentRead: true,
          Select: "COUNT",
          Limit: max - count,
          // BETWEEN includes its bounds. Starting after `above` leaves it out; `below` is never the id of an item.
          KeyConditionExpression: "pk = :pk AND sk BETWEEN :above AND :below",
          ExclusiveStartKey: from ?? (above === LOWEST ? undefined : { pk: partition(shard), sk: above }),
          ExpressionAttributeValues: { ":pk": partition(shard), ":above": above, ":below": below },
        }),
      );
      count += page.Count ?? 0;
      from = page.LastEvaluatedKey;
    } while (from !== undefined && count < max);
    return count;
  };
  const counts = await Promise.all(Array.from({ length: SHARDS }, (_, shard) => countOf(shard)));
  return Math.min(
    max,
    counts.reduce((sum, count) => sum + count, 0),
  );
}

function joined<T>(upper: ShardPart<T>, lower: ShardPart<T>): ShardPart<T> {
  return { ...lower, items: [...upper.items, ...lower.items] };
}
