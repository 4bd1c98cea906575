import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { SCOPES } from "../../../accounts/model/key.ts";
import type { Session } from "../../../accounts/model/session.ts";
import type { Sessions } from "../../../ports/sessions.ts";
import { timeToLive } from "../../../shared/retention.ts";
import { deleteItems, isRefused, keys, SESSION_PREFIX, type Table } from "../table/table.ts";

const SessionItem = z.object({
  id: z.string(),
  account: z.string().exactOptional(),
  keyId: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  endpoint: z.string().exactOptional(),
  returnUrl: z.string().exactOptional(),
  createdAt: z.number(),
  lastsSeconds: z.number(),
  link: z.object({ codeHash: z.string(), validUntil: z.number() }).exactOptional(),
  tokenHash: z.string().exactOptional(),
  validUntil: z.number().exactOptional(),
});
const ListedItem = z.object({ sk: z.string() });

/** The last moment at which the session can be open. A used link is kept until then, to say that it was used. */
function lastMoment({ createdAt, lastsSeconds, link, validUntil }: Session): number {
  return validUntil ?? (link?.validUntil ?? createdAt) + lastsSeconds * 1_000;
}

/** A session is read by its id alone. Separate items list those of each account, for its deletion. */
export function dynamoSessions(table: Table): Sessions {
  const { client, name: TableName } = table;
  return {
    async find(id) {
      const { Item } = await client.send(new GetCommand({ TableName, Key: keys.session(id), ConsistentRead: true }));
      return Item === undefined ? undefined : SessionItem.parse(Item);
    },

    async add(session) {
      const expiresAt = timeToLive(lastMoment(session));
      // Listed first, so that a working session is always found by the deletion of its account.
      await client.send(
        new PutCommand({ TableName, Item: { ...keys.ownedSession(session.account, session.id), expiresAt } }),
      );
      await client.send(new PutCommand({ TableName, Item: { ...keys.session(session.id), ...session, expiresAt } }));
    },

    async open(id, { tokenHash, validUntil }) {
      const update = new UpdateCommand({
        TableName,
        Key: keys.session(id),
        UpdateExpression: "SET tokenHash = :tokenHash, validUntil = :validUntil",
        ConditionExpression: "attribute_exists(link) AND attribute_not_exists(tokenHash)",
        ExpressionAttributeValues: { ":tokenHash": tokenHash, ":validUntil": validUntil },
      });
      return !(await isRefused(client.send(update)));
    },

    async remove({ id, account }) {
      await client.send(new DeleteCommand({ TableName, Key: keys.session(id) }));
      await client.send(new DeleteCommand({ TableName, Key: { ...keys.ownedSession(account, id) } }));
    },

    async removeAll(account) {
      const { pk } = keys.ownedSession(account, "");
      for (
        let from: Record<string, unknown> | undefined, isFirst = true;
        isFirst || from !== undefined;
        isFirst = false
      ) {
        const page = await client.send(
          new QueryCommand({
            TableName,
            ConsistentRead: true,
            KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues: { ":pk": pk, ":prefix": SESSION_PREFIX },
            ExclusiveStartKey: from,
          }),
        );
        const ids = (page.Items ?? []).map((item) => ListedItem.parse(item).sk.slice(SESSION_PREFIX.length));
        await deleteItems(table, ids.map(keys.session));
        await deleteItems(
          table,
          ids.map((id) => keys.ownedSession(account, id)),
        );
        from = page.LastEvaluatedKey;
      }
    },
  };
}
