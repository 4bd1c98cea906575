import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import {
  ACCOUNT_DEFAULTS,
  type Account,
  type AccountConfig,
  type Deletion,
  EVENTS_AFTER_MS,
  newAccount,
} from "../../accounts/model/account.ts";
import type { Accounts } from "../../ports/accounts.ts";
import { LIMITS } from "../../shared/limits.ts";
import { timeToLive } from "../../shared/retention.ts";
import {
  ACCOUNTS_PARTITION,
  DELETIONS_PARTITION,
  isRefused,
  keys,
  readItems,
  type Table,
  writtenIf,
} from "./table/table.ts";

const DeletionField = z.object({
  requestedAt: z.number(),
  phase: z.enum(["cancelling", "erasing", "done"]),
  endpoints: z.array(z.string()),
  eventsErased: z.number(),
});
const AccountItem = z
  .object({
    pk: z.string(),
    revision: z.number().default(0),
    name: z.string().default(ACCOUNT_DEFAULTS.name),
    retentionDays: z.number().default(ACCOUNT_DEFAULTS.retentionDays),
    limits: z
      .object({ endpoints: z.number(), eventsPerSecond: z.number().exactOptional() })
      .default({ ...ACCOUNT_DEFAULTS.limits }),
    createdAt: z.number().exactOptional(),
    updatedAt: z.number().exactOptional(),
    deletion: DeletionField.exactOptional(),
    eventsSince: z.number().exactOptional(),
  })
  .transform(({ pk, ...account }): Account => ({ ...account, id: pk.slice(pk.indexOf("#") + 1) }));
const ListedItem = z.object({ sk: z.string() });
const DeletedItem = z
  .object({ sk: z.string(), requestedAt: z.number() })
  .transform(({ sk: id, requestedAt }) => ({ id, requestedAt }));

const DAY_MS = 86_400_000;

export function dynamoAccounts(table: Table): Accounts {
  const { client, name: TableName } = table;
  /** An empty update creates the item, and needs no permission to replace others. */
  const list = (account: string) =>
    client.send(new UpdateCommand({ TableName, Key: { ...keys.listedAccount(account) } }));
  const read = async (ids: readonly string[]) => {
    const items = await readItems(table, ids.map(keys.account));
    const found = new Map(items.map((item) => AccountItem.parse(item)).map((account) => [account.id, account]));
    return new Map(ids.map((id) => [id, found.get(id) ?? newAccount(id)]));
  };
  /** One query, of at most 1 MB or some 10,000 ids. */
  const itemsIn = async (partition: string, limit?: number, after?: string) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: after === undefined ? "pk = :pk" : "pk = :pk AND sk > :after",
        ExpressionAttributeValues: { ":pk": partition, ...(after !== undefined && { ":after": after }) },
        ...(limit !== undefined && { Limit: limit }),
      }),
    );
    return Items;
  };

  /** @param deleted `done`: only if its deletion is done; absent: only if there is no deletion */
  const settingOf = ({ name, retentionDays, limits }: AccountConfig, at: number, id: string, deleted?: "done") =>
    new UpdateCommand({
      TableName,
      Key: keys.account(id),
      UpdateExpression: `SET #name = :name, retentionDays = :retentionDays, limits = :limits, updatedAt = :at, createdAt = if_not_exists(createdAt, :at)${deleted === undefined ? "" : ", eventsSince = deletion.requestedAt + :caches REMOVE deletion, expiresAt"}`,
      ConditionExpression: deleted === undefined ? "attribute_not_exists(deletion)" : "deletion.phase = :deleted",
      ExpressionAttributeNames: { "#name": "name" },
      ExpressionAttributeValues: {
        ":name": name,
        ":retentionDays": retentionDays,
        ":limits": limits,
        ":at": at,
        ...(deleted !== undefined && { ":deleted": deleted, ":caches": EVENTS_AFTER_MS }),
      },
    });

  const find = async (id: string) => {
    const { Item } = await client.send(new GetCommand({ TableName, Key: keys.account(id), ConsistentRead: true }));
    return Item === undefined ? newAccount(id) : AccountItem.parse(Item);
  };
  const isOf = async (id: string, { requestedAt }: Deletion) => (await find(id)).deletion?.requestedAt === requestedAt;
  /** Removes the account from the list of deletions, unless the entry belongs to a later deletion. */
  const strikeDeletion = async (id: string, requestedAt: number) => {
    await isRefused(
      client.send(
        new DeleteCommand({
          TableName,
          Key: { ...keys.deletedAccount(id) },
          ConditionExpression: "requestedAt = :requestedAt",
          ExpressionAttributeValues: { ":requestedAt": requestedAt },
        }),
      ),
    );
  };

  return {
    read,
    find,

    async register(id, at) {
      // Listed first, so that an existing account is always in the list.
      await list(id);
      await client.send(
        new UpdateCommand({
          TableName,
          Key: keys.account(id),
          UpdateExpression: "SET createdAt = if_not_exists(createdAt, :at), updatedAt = if_not_exists(updatedAt, :at)",
          ExpressionAttributeValues: { ":at": at },
        }),
      );
    },

    async put(id, config, at) {
      await list(id);
      if ((await writtenIf(client.send(settingOf(config, at, id)))).isDone) return true;
      // An account with this id was deleted: this is a new one, and does not get the old one's queued events.
      return (await writtenIf(client.send(settingOf(config, at, id, "done")))).isDone;
    },

    async list({ after, limit }) {
      const ids = (await itemsIn(ACCOUNTS_PARTITION, limit, after)).map((item) => ListedItem.parse(item).sk);
      const found = await read(ids);
      const last = ids.at(-1);
      return {
        items: [...found.values()].filter(({ createdAt }) => createdAt !== undefined),
        ...(ids.length === limit && last !== undefined && { next: last }),
      };
    },

    async beginDeletion(id, at) {
      const begun: Deletion = { requestedAt: at, phase: "cancelling", endpoints: [], eventsErased: 0 };
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: keys.account(id),
          UpdateExpression: "SET deletion = if_not_exists(deletion, :begun)",
          ExpressionAttributeValues: { ":begun": begun },
          ReturnValues: "ALL_NEW",
        }),
      );
      const { deletion = begun } = AccountItem.parse(Attributes);
      // Last, so that each entry has a deletion. After a crash before this, the request is repeated.
      await client.send(
        new PutCommand({ TableName, Item: { ...keys.deletedAccount(id), requestedAt: deletion.requestedAt } }),
      );
    },

    async noteDeletion(id, deletion) {
      const isDone = deletion.phase === "done";
      // Before it is done: afterwards the account may be created and listed again.
      if (isDone && (await isOf(id, deletion)))
        await client.send(new DeleteCommand({ TableName, Key: { ...keys.listedAccount(id) } }));
      const until = timeToLive(deletion.requestedAt + LIMITS.deletedAccountDays * DAY_MS);
      const noted = await writtenIf(
        client.send(
          new UpdateCommand({
            TableName,
            Key: keys.account(id),
            UpdateExpression: isDone
              ? "SET deletion = :deletion, expiresAt = :until REMOVE #name, retentionDays, limits, createdAt, updatedAt"
              : "SET deletion = :deletion",
            ConditionExpression: "deletion.requestedAt = :requestedAt AND deletion.phase <> :done",
            ...(isDone && { ExpressionAttributeNames: { "#name": "name" } }),
            ExpressionAttributeValues: {
              ":deletion": deletion,
              ":requestedAt": deletion.requestedAt,
              ":done": "done",
              ...(isDone && { ":until": until }),
            },
          }),
        ),
      );
      if (isDone || !noted.isDone) await strikeDeletion(id, deletion.requestedAt);
      // Another run did this first, and the account was created again since.
      if (isDone && !noted.isDone && (await find(id)).createdAt !== undefined) await list(id);
      return noted.isDone;
    },

    deleting: async () => (await itemsIn(DELETIONS_PARTITION)).map((item) => DeletedItem.parse(item)),

    strikeDeletion,
  };
}
