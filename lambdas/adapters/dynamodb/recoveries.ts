import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { Recoveries } from "../../ports/recoveries.ts";
import { RECOVERED_STATUSES, type Recovery, type RunningRecovery } from "../../recoveries/model/recovery.ts";
import { timeToLive } from "../../shared/retention.ts";
import {
  deleteItems,
  isRefused,
  keys,
  putUnlessThere,
  RUNNING_RECOVERIES_PARTITION,
  readItems,
  recoveriesPartition,
  type Table,
} from "./table/table.ts";

const RunningItem = z
  .object({ sk: z.string(), id: z.string(), createdAt: z.number() })
  .transform(({ sk, ...rest }): RunningRecovery => {
    const [account = "", request = ""] = sk.split("#");
    return { ...rest, account, request };
  });
const RecoveryItem = z
  .object({
    id: z.string(),
    account: z.string(),
    request: z.string(),
    endpoint: z.string().exactOptional(),
    since: z.number(),
    until: z.number(),
    types: z.array(z.string()).exactOptional(),
    statuses: z.array(z.enum(RECOVERED_STATUSES)),
    status: z.enum(["running", "waiting", "cancelled", "finished"]),
    estimate: z.object({ deliveries: z.number(), isComplete: z.boolean() }),
    after: z.string(),
    isScanned: z.boolean(),
    scannedUntil: z.number(),
    behind: z.record(z.string(), z.string()),
    isSecondScan: z.boolean(),
    resentAt: z.number(),
    resent: z.number(),
    skipped: z.number(),
    nextAt: z.number(),
    stepUntil: z.number().exactOptional(),
    cancelRequestedAt: z.number().exactOptional(),
    createdAt: z.number(),
    updatedAt: z.number(),
    finishedAt: z.number().exactOptional(),
    isPublished: z.literal(true).exactOptional(),
    retentionDays: z.number(),
    version: z.number(),
  })
  .transform((item): Recovery => item);

const DAY_MS = 86_400_000;
/** The fields that a step changes. Those that can be absent are removed when they are. */
const CHANGED = [
  ...(["status", "after", "isScanned", "scannedUntil", "behind", "isSecondScan", "resentAt", "resent"] as const),
  ...(["skipped", "nextAt", "updatedAt", "version"] as const),
];
const OPTIONAL = ["stepUntil", "finishedAt", "isPublished"] as const;

export function dynamoRecoveries(table: Table): Recoveries {
  const { client, name: TableName } = table;
  const expiresAt = ({ updatedAt, retentionDays }: Recovery) => timeToLive(updatedAt + retentionDays * DAY_MS);
  const query = async (pk: string, more: Partial<ConstructorParameters<typeof QueryCommand>[0]> = {}) =>
    client.send(
      new QueryCommand({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: "pk = :pk",
        ...more,
        ExpressionAttributeValues: { ":pk": pk, ...more.ExpressionAttributeValues },
      }),
    );
  const runningItem = ({ account, request, id, createdAt }: RunningRecovery) => ({
    ...keys.runningRecovery(account, request),
    id,
    createdAt,
  });
  /** One that was replaced, and whose end is not published yet. */
  const replacedItem = (running: RunningRecovery) => ({
    ...runningItem(running),
    ...keys.runningRecovery(running.account, `${running.request}#${running.id}`),
  });

  return {
    async begin(recovery) {
      const there = await putUnlessThere(table, {
        Item: runningItem(recovery),
        ConditionExpression: "attribute_not_exists(pk)",
      });
      return there && RunningItem.parse(there);
    },

    async beginInPlaceOf(recovery, before) {
      // First, so that the one before stays among the running ones.
      await client.send(new PutCommand({ TableName, Item: replacedItem(before) }));
      const put = new PutCommand({
        TableName,
        Item: runningItem(recovery),
        ConditionExpression: "attribute_not_exists(pk) OR id = :before",
        ExpressionAttributeValues: { ":before": before.id },
      });
      return !(await isRefused(client.send(put)));
    },

    async end(running) {
      const Key = { ...keys.runningRecovery(running.account, running.request) };
      await isRefused(
        client.send(
          new DeleteCommand({
            TableName,
            Key,
            ConditionExpression: "id = :id",
            ExpressionAttributeValues: { ":id": running.id },
          }),
        ),
      );
      const { pk, sk } = replacedItem(running);
      await client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
    },

    // One query, of at most 1 MB or some 5,000 recoveries.
    async running(account) {
      const { Items = [] } = await query(
        RUNNING_RECOVERIES_PARTITION,
        account === undefined
          ? {}
          : {
              KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
              ExpressionAttributeValues: { ":prefix": keys.runningRecovery(account, "").sk },
            },
      );
      return Items.map((item) => RunningItem.parse(item));
    },

    async add(recovery) {
      const Item = { ...keys.recovery(recovery.account, recovery.id), ...recovery, expiresAt: expiresAt(recovery) };
      const put = new PutCommand({ TableName, Item, ConditionExpression: "attribute_not_exists(pk)" });
      await isRefused(client.send(put));
    },

    async find(account, id) {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: { ...keys.recovery(account, id) }, ConsistentRead: true }),
      );
      return Item && RecoveryItem.parse(Item);
    },

    async read(of) {
      const items = await readItems(
        table,
        of.map(({ account, id }) => keys.recovery(account, id)),
      );
      return items.map((item) => RecoveryItem.parse(item));
    },

    async list(account, { before, limit }) {
      const { Items = [], LastEvaluatedKey } = await query(recoveriesPartition(account), {
        ScanIndexForward: false,
        Limit: limit,
        ...(before !== undefined && {
          KeyConditionExpression: "pk = :pk AND sk < :before",
          ExpressionAttributeValues: { ":before": before },
        }),
      });
      const items = Items.map((item) => RecoveryItem.parse(item));
      const last = items.at(-1);
      return LastEvaluatedKey === undefined || last === undefined ? { items } : { items, next: last.id };
    },

    async save(recovery) {
      const absent = OPTIONAL.filter((field) => recovery[field] === undefined);
      const present = [...CHANGED, ...OPTIONAL.filter((field) => recovery[field] !== undefined)];
      const sets = [...present.map((field) => `#${field} = :${field}`), "expiresAt = :expiresAt"];
      const removes = absent.map((field) => `#${field}`);
      const update = new UpdateCommand({
        TableName,
        Key: { ...keys.recovery(recovery.account, recovery.id) },
        UpdateExpression: `SET ${sets.join(", ")}${removes.length === 0 ? "" : ` REMOVE ${removes.join(", ")}`}`,
        ConditionExpression: "#version = :seen",
        ExpressionAttributeNames: Object.fromEntries([...CHANGED, ...OPTIONAL].map((field) => [`#${field}`, field])),
        ExpressionAttributeValues: {
          ...Object.fromEntries(present.map((field) => [`:${field}`, recovery[field]])),
          ":seen": recovery.version - 1,
          ":expiresAt": expiresAt(recovery),
        },
      });
      return !(await isRefused(client.send(update)));
    },

    async requestCancel(account, id, at) {
      const update = new UpdateCommand({
        TableName,
        Key: { ...keys.recovery(account, id) },
        UpdateExpression: "SET cancelRequestedAt = :at",
        ConditionExpression: "#status IN (:running, :waiting) AND attribute_not_exists(cancelRequestedAt)",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: { ":at": at, ":running": "running", ":waiting": "waiting" },
      });
      await isRefused(client.send(update));
    },

    async erase(account, limit) {
      const running = await this.running(account);
      const { Items = [] } = await query(recoveriesPartition(account), { Limit: limit, ProjectionExpression: "sk" });
      const found = Items.map((item) => keys.recovery(account, z.object({ sk: z.string() }).parse(item).sk));
      await deleteItems(table, found);
      for (const each of running) await this.end(each);
      return found.length < limit;
    },
  };
}
