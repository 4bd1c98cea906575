import { PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { Stats } from "../../ports/stats.ts";
import { timeToLive } from "../../shared/retention.ts";
import { STATS_KINDS, type StatsWindow } from "../../stats/model/counters.ts";
import type { Counts } from "../../stats/model/counts.ts";
import { keysOfPartition } from "./table/partition-keys.ts";
import { ALERT_PREFIX, deleteItems, isRefused, keys, type Table } from "./table/table.ts";

const Item = z.object({ pk: z.string(), sk: z.string() }).catchall(z.number());
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

/** Attributes with a `#` are counts. The others are the keys and the expiry. */
function windowOf(item: unknown): StatsWindow {
  const { sk, ...fields } = Item.parse(item);
  return { at: Number(sk), counts: countsIn(fields) };
}

function countsIn(fields: Readonly<Record<string, unknown>>): Counts {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]): [string, number][] =>
      name.includes("#") && typeof value === "number" ? [[name, value]] : [],
    ),
  );
}

const givenUpAfter = (time: AbortSignal | undefined) => (time === undefined ? {} : { abortSignal: time });

export function dynamoStats(table: Table): Stats {
  const { client, name: TableName } = table;
  return {
    async add(kind, account, { at, counts, dropped = [] }, keptUntil, time) {
      const added = Object.entries(counts);
      const removal = dropped.length === 0 ? "" : ` REMOVE ${dropped.map((_, n) => `#d${n}`).join(", ")}`;
      const { Attributes = {} } = await client.send(
        new UpdateCommand({
          TableName,
          Key: keys.stats(kind, account, at),
          UpdateExpression: `SET expiresAt = :until ADD ${added.map((_, n) => `#${n} :${n}`).join(", ")}${removal}`,
          ExpressionAttributeNames: Object.fromEntries([
            ...added.map(([name], n) => [`#${n}`, name]),
            ...dropped.map((name, n) => [`#d${n}`, name]),
          ]),
          ExpressionAttributeValues: {
            ...Object.fromEntries(added.map(([, count], n) => [`:${n}`, count])),
            ":until": timeToLive(keptUntil),
          },
          ReturnValues: "ALL_NEW",
        }),
        givenUpAfter(time),
      );
      return countsIn(Attributes);
    },

    async read(kind, account, { from, to }) {
      const windows: StatsWindow[] = [];
      let after: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :last",
            ExpressionAttributeValues: {
              ":pk": keys.stats(kind, account, from).pk,
              ":from": keys.stats(kind, account, from).sk,
              ":last": keys.stats(kind, account, to - 1).sk,
            },
            ExclusiveStartKey: after,
          }),
        );
        windows.push(...(page.Items ?? []).map(windowOf));
        after = page.LastEvaluatedKey;
      } while (after !== undefined);
      return windows;
    },

    async watched(account, from, time) {
      const { pk, sk } = keys.stats("emails", account, from);
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          ConsistentRead: true,
          KeyConditionExpression: "pk = :pk AND sk >= :from",
          ExpressionAttributeValues: { ":pk": pk, ":from": sk },
        }),
        givenUpAfter(time),
      );
      const [alerts = [], windows = []] = [true, false].map((isAlert) =>
        Items.filter((item) => String(item["sk"]).startsWith(ALERT_PREFIX) === isAlert),
      );
      return {
        windows: windows.map((item) => windowOf(item).counts),
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
      const found = (
        await Promise.all(STATS_KINDS.map((kind) => keysOfPartition(table, keys.stats(kind, account, 0).pk, limit)))
      )
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
