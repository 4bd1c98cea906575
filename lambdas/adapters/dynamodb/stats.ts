import { PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { Stats } from "../../ports/stats.ts";
import { LIMITS } from "../../shared/limits.ts";
import { timeToLive } from "../../shared/retention.ts";
import { STATS_KINDS, type StatsKind, type StatsWindow } from "../../stats/model/counters.ts";
import { type Counts, summed } from "../../stats/model/counts.ts";
import { keysOfPartition } from "./table/partition-keys.ts";
import { ALERT_PREFIX, deleteItems, isRefused, keys, type Table } from "./table/table.ts";

const Item = z.object({ pk: z.string(), sk: z.string() }).catchall(z.number());
/** How a window is spread over items. */
const Spread = z.object({ writes: z.number().default(1), shards: z.number().default(1) });
const AlertItem = z.object({
  source: z.enum(["mailjet", "sarbacane"]),
  destination: z.string().nullable(),
  delivered: z.number(),
  undelivered: z.number(),
  version: z.number(),
  overAt: z.number().exactOptional(),
  seenAt: z.number(),
  isPublished: z.boolean(),
});

const UNIT_BYTES = 1024; // DynamoDB: a write unit

/** A window as one shard has it. Attributes with a `#` are counts. */
function windowOf(item: unknown): StatsWindow & { readonly shards: number } {
  const { sk, shards = 1, ...fields } = Item.parse(item);
  return { at: Number(sk), shards, counts: countsIn(fields) };
}

/** The windows of all shards, each once, in the order of the first shard's. */
function merged(windows: readonly StatsWindow[]): StatsWindow[] {
  const byTime = [...Map.groupBy(windows, ({ at }) => at)].sort(([a], [b]) => a - b);
  return byTime.map(([at, all]) => ({ at, counts: summed(all.map(({ counts }) => counts)) }));
}

function countsIn(fields: Readonly<Record<string, unknown>>): Counts {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]): [string, number][] =>
      name.includes("#") && typeof value === "number" ? [[name, value]] : [],
    ),
  );
}

/** How windows are read. */
interface Reading {
  readonly time?: AbortSignal | undefined;
  readonly ConsistentRead?: boolean;
}
const HIGHEST = "\uffff"; // sorts after all alerts

const givenUpAfter = (time: AbortSignal | undefined) => (time === undefined ? {} : { abortSignal: time });

export function dynamoStats(table: Table): Stats {
  const { client, name: TableName } = table;

  async function query(
    kind: StatsKind,
    account: string,
    shard: number,
    [from, to]: readonly [string, string],
    { time, ConsistentRead = false }: Reading = {},
  ): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    let after: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName,
          ConsistentRead,
          KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
          ExpressionAttributeValues: { ":pk": keys.stats(kind, account, 0, shard).pk, ":from": from, ":to": to },
          ExclusiveStartKey: after,
        }),
        givenUpAfter(time),
      );
      items.push(...(page.Items ?? []));
      after = page.LastEvaluatedKey;
    } while (after !== undefined);
    return items;
  }

  /** The windows of the further shards, if the first shard's say that there are some. */
  async function otherShards(
    kind: StatsKind,
    account: string,
    first: readonly { readonly shards: number }[],
    sk: readonly [string, string],
    reading?: Reading,
  ): Promise<StatsWindow[]> {
    const shards = Math.max(1, ...first.map((window) => window.shards));
    const others = Array.from({ length: shards - 1 }, (_, n) => query(kind, account, n + 1, sk, reading));
    return (await Promise.all(others)).flat().map(windowOf);
  }

  return {
    async add(kind, account, { at, shard = 0, counts, dropped = [] }, keptUntil, time) {
      const added = Object.entries(counts);
      const removal = dropped.length === 0 ? "" : ` REMOVE ${dropped.map((_, n) => `#d${n}`).join(", ")}`;
      const additions = ["writes :one", ...added.map((_, n) => `#${n} :${n}`)].join(", ");
      const { Attributes = {} } = await client.send(
        new UpdateCommand({
          TableName,
          Key: keys.stats(kind, account, at, shard),
          UpdateExpression: `SET expiresAt = :until ADD ${additions}${removal}`,
          ExpressionAttributeNames: Object.fromEntries([
            ...added.map(([name], n) => [`#${n}`, name]),
            ...dropped.map((name, n) => [`#d${n}`, name]),
          ]),
          ExpressionAttributeValues: {
            ...Object.fromEntries(added.map(([, count], n) => [`:${n}`, count])),
            ":one": 1,
            ":until": timeToLive(keptUntil),
          },
          ReturnValues: "ALL_NEW",
        }),
        givenUpAfter(time),
      );
      const { writes, shards } = Spread.parse(Attributes);
      const units = Math.ceil(JSON.stringify(Attributes).length / UNIT_BYTES);
      return { counts: countsIn(Attributes), writes, units, shards };
    },

    async announceShards(kind, account, { at, shards }, keptUntil, time) {
      const update = new UpdateCommand({
        TableName,
        Key: keys.stats(kind, account, at),
        UpdateExpression: "SET shards = :shards, expiresAt = :until",
        ConditionExpression: "attribute_not_exists(shards) OR shards < :shards",
        ExpressionAttributeValues: { ":shards": shards, ":until": timeToLive(keptUntil) },
      });
      await isRefused(client.send(update, givenUpAfter(time)));
    },

    async read(kind, account, { from, to }) {
      const sk = [keys.stats(kind, account, from).sk, keys.stats(kind, account, to - 1).sk] as const;
      const first = (await query(kind, account, 0, sk)).map(windowOf);
      return merged([...first, ...(await otherShards(kind, account, first, sk))]);
    },

    async watched(account, from, time) {
      const sk = [keys.stats("emails", account, from).sk, HIGHEST] as const;
      const consistent = { ConsistentRead: true, time };
      const items = await query("emails", account, 0, sk, consistent);
      const [alerts = [], windows = []] = [true, false].map((isAlert) =>
        items.filter((item) => String(item["sk"]).startsWith(ALERT_PREFIX) === isAlert),
      );
      const first = windows.map(windowOf);
      const others = await otherShards("emails", account, first, sk, consistent);
      return {
        windows: [...first, ...others].map(({ counts }) => counts),
        alerts: alerts.map((item) => AlertItem.parse(item)),
      };
    },

    async saveAlert(account, { alert, seen }, keptUntil, time) {
      const put = new PutCommand({
        TableName,
        Item: {
          ...keys.alert(account, alert.source, alert.destination),
          ...alert,
          expiresAt: timeToLive(keptUntil),
        },
        ConditionExpression: seen === undefined ? "attribute_not_exists(pk)" : "version = :seen",
        ...(seen !== undefined && { ExpressionAttributeValues: { ":seen": seen.version } }),
      });
      return !(await isRefused(client.send(put, givenUpAfter(time))));
    },

    async erase(account, limit) {
      const partitions = STATS_KINDS.flatMap((kind) =>
        Array.from({ length: LIMITS.statsShards }, (_, shard) => keys.stats(kind, account, 0, shard).pk),
      );
      const found = (await Promise.all(partitions.map((pk) => keysOfPartition(table, pk, limit))))
        .flat()
        .slice(0, limit);
      await deleteItems(
        table,
        found.map(({ pk, sk }) => ({ pk, sk })),
      );
      return found.length < limit;
    },
  };
}
