import { PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { ACTIVITY_ACTIONS, type Activity } from "../../activity/model/activity.ts";
import type { ActivityLog } from "../../ports/activity.ts";
import type { Clock } from "../../ports/clock.ts";
import { timeToLive } from "../../shared/retention.ts";
import { keysOfPartition } from "./table/partition-keys.ts";
import { deleteItems, keys, type Table } from "./table/table.ts";

const ActivityItem = z
  .object({
    sk: z.string(),
    account: z.string(),
    at: z.number(),
    action: z.enum(ACTIVITY_ACTIONS),
    keyId: z.string().exactOptional(),
    sessionId: z.string().exactOptional(),
    isOperator: z.boolean(),
    endpoint: z.string().exactOptional(),
    subject: z.string().exactOptional(),
    fields: z.array(z.string()).exactOptional(),
  })
  .transform(({ sk: id, ...rest }): Activity => ({ id, ...rest }));

const LOWEST = "!"; // sorts before every id
const HIGHEST = "~"; // sorts after every id
// Ours: with a filter most entries may not match, so one response reads at most this many entries.
const FILTERED_MAX = 1_000;

/** One partition per account, because users change things rarely. */
export function dynamoActivity(table: Table, clock: Clock): ActivityLog {
  const { client, name: TableName } = table;
  return {
    async add({ id, ...entry }, keptUntil) {
      const Item = { ...keys.activity(entry.account, id), ...entry, expiresAt: timeToLive(keptUntil) };
      await client.send(new PutCommand({ TableName, Item }));
    },

    async list(account, { endpoint, before = HIGHEST, after = LOWEST, limit }) {
      if (after >= before) return { items: [] }; // DynamoDB rejects a range whose end is before its start
      const { pk } = keys.activity(account, "");
      const page = await client.send(
        new QueryCommand({
          TableName,
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: endpoint === undefined ? limit + 1 : FILTERED_MAX,
          KeyConditionExpression: "pk = :pk AND sk BETWEEN :after AND :before",
          // DynamoDB deletes an expired item up to some days later.
          FilterExpression: `expiresAt > :now${endpoint === undefined ? "" : " AND endpoint = :endpoint"}`,
          // BETWEEN includes its bounds. `before` was on the page before: starting after it leaves it out.
          ...(before !== HIGHEST && { ExclusiveStartKey: { pk, sk: before } }),
          ExpressionAttributeValues: {
            ":pk": pk,
            ":after": after,
            ":before": before,
            ":now": timeToLive(clock.now()),
            ...(endpoint !== undefined && { ":endpoint": endpoint }),
          },
        }),
      );
      const found = (page.Items ?? []).map((item) => ActivityItem.parse(item));
      const items = found.slice(0, limit);
      const last = found.length > limit ? items.at(-1)?.id : page.LastEvaluatedKey?.["sk"];
      return { items, ...(last !== undefined && { next: String(last) }) };
    },

    async erase(account, limit) {
      const found = await keysOfPartition(table, keys.activity(account, "").pk, limit);
      await deleteItems(table, found);
      return found.length < limit;
    },
  };
}
