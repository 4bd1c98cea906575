import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { type Key, SCOPES } from "../../accounts/model/key.ts";
import type { Keys } from "../../ports/accounts.ts";
import { deleteItems, isRefused, KEY_PREFIX, keys, readItems, type Table } from "./table/table.ts";

const KeyItem = z.object({
  id: z.string(),
  account: z.string().exactOptional(),
  scopes: z.array(z.enum(SCOPES)),
  name: z.string(),
  prefix: z.string(),
  secretHash: z.string(),
  createdAt: z.number(),
  validUntil: z.number().exactOptional(),
  lastUsedAt: z.number().exactOptional(),
});
const ListedItem = z.object({ sk: z.string() });

/** A key is read by its id alone. Separate items list the keys of each account and of the operator. */
export function dynamoKeys(table: Table): Keys {
  const { client, name: TableName } = table;
  const idsOf = async (account: string | undefined) => {
    const ids: string[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName,
          ConsistentRead: true,
          KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
          ExpressionAttributeValues: { ":pk": keys.ownedKey(account, "").pk, ":prefix": KEY_PREFIX },
          ExclusiveStartKey: from,
        }),
      );
      ids.push(...(page.Items ?? []).map((item) => ListedItem.parse(item).sk.slice(KEY_PREFIX.length)));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return ids;
  };

  return {
    async find(id) {
      const { Item } = await client.send(new GetCommand({ TableName, Key: keys.key(id), ConsistentRead: true }));
      return Item === undefined ? undefined : KeyItem.parse(Item);
    },

    async add(key) {
      // Listed first, so that a working key can always be listed and deleted.
      await client.send(new PutCommand({ TableName, Item: { ...keys.ownedKey(key.account, key.id) } }));
      await client.send(new PutCommand({ TableName, Item: { ...keys.key(key.id), ...key } }));
    },

    async list(account) {
      const found = await readItems(table, (await idsOf(account)).map(keys.key));
      return found.map((item): Key => KeyItem.parse(item)).sort((a, b) => (a.id < b.id ? -1 : 1));
    },

    async remove({ id, account }) {
      await client.send(new DeleteCommand({ TableName, Key: keys.key(id) }));
      await client.send(new DeleteCommand({ TableName, Key: { ...keys.ownedKey(account, id) } }));
    },

    async removeAll(account) {
      const ids = await idsOf(account);
      await deleteItems(table, ids.map(keys.key));
      await deleteItems(
        table,
        ids.map((id) => keys.ownedKey(account, id)),
      );
    },

    async noteUsed(id, at, time) {
      const update = new UpdateCommand({
        TableName,
        Key: keys.key(id),
        UpdateExpression: "SET lastUsedAt = :at",
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: { ":at": at },
      });
      await isRefused(client.send(update, time === undefined ? {} : { abortSignal: time }));
    },
  };
}
