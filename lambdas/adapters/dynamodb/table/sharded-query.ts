import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Page } from "../../../ports/page.ts";
import type { Filter } from "./filters.ts";
import { mergeShards, type Order, type ShardPart } from "./merge-shards.ts";
import type { Connection } from "./table.ts";

/** A query over all shards. */
export interface ShardedQuery<T> {
  readonly partitions: readonly string[];
  readonly parse: (item: unknown) => T;
  readonly idOf: (item: T) => string;
  /** Only ids below this one. */
  readonly before?: string | undefined;
  /** Only ids from this one on. */
  readonly after?: string | undefined;
  readonly order?: Order | undefined;
  /** Reads this index instead of the table itself, eventually consistent. */
  readonly index?: { readonly name: string; readonly partitionKey: string; readonly sortKey: string };
  readonly filter?: Filter | undefined;
  readonly limit: number;
}

const LOWEST = "!"; // sorts before every id
const HIGHEST = "~"; // sorts after every id
// Ours: with a filter most items may not match, so each round reads four times as many as the one before, up to 1,600 items of
// all shards. A response reads at most five rounds.
const ROUNDS_MAX = 5;
const FILTERED_GROWTH = 4;
const FILTERED_ITEMS = 1_600;
const EXTRA_PER_SHARD = 3; // ours: ids are spread by chance
const TABLE_KEYS = { partitionKey: "pk", sortKey: "sk" };

/** Reads a list that is spread over shards; from the table itself strongly consistent. */
export async function queryShards<T>({ client, name }: Connection, query: ShardedQuery<T>): Promise<Page<T>> {
  const { partitions, parse, idOf, before = HIGHEST, after = LOWEST, order = "newest first", filter, limit } = query;
  const { partitionKey, sortKey } = query.index ?? TABLE_KEYS;
  const isNewestFirst = order === "newest first";

  async function read(partition: string, from: string | undefined, pageLimit: number): Promise<ShardPart<T>> {
    const [low, high] = isNewestFirst ? [after, justBelow(from ?? before)] : [from ?? after, justBelow(before)];
    if (low > high) return { items: [] }; // DynamoDB rejects a range whose end is before its start
    const page = await client.send(
      new QueryCommand({
        TableName: name,
        ...(query.index === undefined ? { ConsistentRead: true } : { IndexName: query.index.name }),
        ScanIndexForward: !isNewestFirst,
        Limit: pageLimit,
        KeyConditionExpression: "#pk = :pk AND #sk BETWEEN :low AND :high",
        ...(filter && { FilterExpression: filter.expression }),
        ExpressionAttributeNames: { "#pk": partitionKey, "#sk": sortKey, ...filter?.names },
        ExpressionAttributeValues: { ":pk": partition, ":low": low, ":high": high, ...filter?.values },
      }),
    );
    const end: unknown = page.LastEvaluatedKey?.[sortKey];
    return { items: (page.Items ?? []).map(parse), ...(end !== undefined && { readTo: String(end) }) };
  }

  // Each shard's part of the limit and a few more: further items would rarely be needed.
  const pageLimit = (shards: number, round = 0) => {
    const part = Math.ceil(limit / shards) + EXTRA_PER_SHARD;
    if (filter === undefined) return part;
    return Math.min(part * FILTERED_GROWTH ** round, Math.ceil(FILTERED_ITEMS / partitions.length));
  };
  let parts = await Promise.all(
    partitions.map((partition) => read(partition, undefined, pageLimit(partitions.length))),
  );
  for (let round = 1; round < ROUNDS_MAX; round++) {
    const merged = mergeShards(parts, idOf, limit, order);
    if (merged.items.length === limit || merged.next === undefined) break;
    const unfinished = parts.filter(({ readTo }) => readTo !== undefined).length;
    parts = await Promise.all(
      parts.map(async (part, shard) => {
        if (part.readTo === undefined) return part;
        const from = isNewestFirst ? part.readTo : justAbove(part.readTo);
        const more = await read(partitions[shard] ?? "", from, pageLimit(unfinished, round));
        return { ...more, items: [...part.items, ...more.items] };
      }),
    );
  }
  return mergeShards(parts, idOf, limit, order);
}

/** The highest text that sorts before an id: its last character is one less, and `~` sorts after all that could follow. */
function justBelow(id: string): string {
  if (id === HIGHEST) return id;
  return `${id.slice(0, -1)}${String.fromCodePoint((id.codePointAt(id.length - 1) ?? 1) - 1)}${HIGHEST}`;
}

/** The lowest text that sorts after an id. */
function justAbove(id: string): string {
  return `${id}${LOWEST}`;
}

/** Reads the first items after `after` from all shards, oldest first, strongly consistent. */
export async function oldestOfShards<T>(
  { client, name }: Connection,
  { partitions, parse, idOf, after, limit }: Pick<ShardedQuery<T>, "partitions" | "parse" | "idOf" | "after" | "limit">,
): Promise<T[]> {
  const read = async (partition: string) => {
    const page = await client.send(
      new QueryCommand({
        TableName: name,
        ConsistentRead: true,
        // Its part of the limit and a few more: further items would rarely be needed.
        Limit: limit === 1 ? 1 : Math.ceil(limit / partitions.length) + EXTRA_PER_SHARD,
        KeyConditionExpression: "pk = :pk AND sk > :after",
        ExpressionAttributeValues: {
          ":pk": partition,
          ":after": after === undefined || after === "" ? LOWEST : after,
        },
      }),
    );
    const end: unknown = page.LastEvaluatedKey?.["sk"];
    return { items: (page.Items ?? []).map(parse), end: end === undefined ? HIGHEST : String(end) };
  };
  const parts = await Promise.all(partitions.map(read));
  // Items above any shard's end are left out, because that shard may have items before them.
  const complete = parts.reduce((lowest, { end }) => (end < lowest ? end : lowest), HIGHEST);
  return parts
    .flatMap(({ items }) => items)
    .filter((item) => idOf(item) <= complete)
    .sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
    .slice(0, limit);
}

/** A count of items, and the first of them. */
export interface CountAndFirst<T> {
  readonly count: number;
  readonly first?: T;
}

/** Counts the items of all shards up to `max` and finds the one with the lowest id, strongly consistent, with one read of each. */
export async function countAndFirst<T>(
  { client, name }: Connection,
  {
    partitions,
    fields,
    parse,
    idOf,
    max,
  }: Pick<ShardedQuery<T>, "partitions" | "parse" | "idOf"> & {
    /** What `parse` needs of an item. */
    readonly fields: readonly string[];
    readonly max: number;
  },
): Promise<CountAndFirst<T>> {
  const reads: { items: readonly unknown[]; partition: string; from: Record<string, unknown> | undefined }[] =
    await Promise.all(
      partitions.map(async (partition) => {
        const page = await client.send(
          new QueryCommand({
            TableName: name,
            ConsistentRead: true,
            Limit: Math.ceil(max / partitions.length),
            ProjectionExpression: fields.map((field) => `#${field}`).join(", "),
            KeyConditionExpression: "pk = :pk",
            ExpressionAttributeNames: Object.fromEntries(fields.map((field) => [`#${field}`, field])),
            ExpressionAttributeValues: { ":pk": partition },
          }),
        );
        return { items: page.Items ?? [], partition, from: page.LastEvaluatedKey };
      }),
    );
  const counted = reads.reduce((sum, { items }) => sum + items.length, 0);
  const open = reads.filter(({ from }) => from !== undefined);
  const count = await countOpen({ client, name }, open, { counted, below: HIGHEST, above: LOWEST, max });
  const firsts = reads.flatMap(({ items: [first] }) => (first === undefined ? [] : [parse(first)]));
  const [first] = firsts.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  return { count, ...(first !== undefined && { first }) };
}

/** A shard, and where its count goes on. */
interface OpenShard {
  readonly partition: string;
  readonly from: Record<string, unknown> | undefined;
}

/** Counts the items whose ids lie between `above` and `below`, up to `max`, strongly consistent. */
export async function countShards(
  { client, name }: Connection,
  {
    partitions,
    above = LOWEST,
    below = HIGHEST,
    max,
  }: {
    readonly partitions: readonly string[];
    readonly above?: string | undefined;
    readonly below?: string | undefined;
    readonly max: number;
  },
): Promise<number> {
  if (above >= below) return 0;
  const start = (partition: string): Record<string, unknown> | undefined =>
    above === LOWEST ? undefined : { pk: partition, sk: above };
  const open = partitions.map((partition) => ({ partition, from: start(partition) }));
  return countOpen({ client, name }, open, { counted: 0, above, below, max });
}

async function countOpen(
  { client, name }: Connection,
  shards: readonly OpenShard[],
  { counted: before, above, below, max }: { counted: number; above: string; below: string; max: number },
): Promise<number> {
  let [count, open] = [before, shards];
  // A count reads each item in full, so the shards that are not counted yet share what is left of `max`.
  while (open.length > 0 && count < max) {
    const limit = Math.ceil((max - count) / open.length);
    const counted = await Promise.all(
      open.map(async ({ partition, from }) => {
        const page = await client.send(
          new QueryCommand({
            TableName: name,
            ConsistentRead: true,
            Select: "COUNT",
            Limit: limit,
            // BETWEEN includes its bounds. Starting after `above` leaves it out; `below` is never the id of an item.
            KeyConditionExpression: "pk = :pk AND sk BETWEEN :above AND :below",
            ExclusiveStartKey: from,
            ExpressionAttributeValues: { ":pk": partition, ":above": above, ":below": below },
          }),
        );
        return { partition, count: page.Count ?? 0, from: page.LastEvaluatedKey };
      }),
    );
    count += counted.reduce((sum, part) => sum + part.count, 0);
    open = counted.filter(({ from }) => from !== undefined);
  }
  return Math.min(max, count);
}
