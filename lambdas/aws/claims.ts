import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { LIMITS } from "../core/limits.ts";
import type { Claims } from "../ports.ts";
import { deleteItems, type ItemKey, isRefused, keys, putUnlessThere, type Table } from "./table.ts";

const ClaimItem = z.object({
  owner: z.string(),
  key: z.string(),
  hash: z.string(),
  acceptedAt: z.number(),
  seed: z.string(),
  claimedAt: z.number(),
  isDone: z.boolean(),
});
const NamedItem = z.object({ account: z.string(), eventId: z.string(), id: z.string(), hash: z.string() });

const SECOND_MS = 1_000;

export function dynamoClaims(table: Table): Claims {
  const { client, name } = table;
  /** Puts an item unless a live one is there: DynamoDB deletes what has expired within days, not at once. */
  async function putUnlessLive<T>(key: ItemKey, item: object, parse: (item: unknown) => T, now: number) {
    const nowSeconds = Math.floor(now / SECOND_MS);
    const there = await putUnlessThere(table, {
      Item: { ...key, ...item, expiresAt: nowSeconds + LIMITS.idempotencySeconds },
      ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now",
      ExpressionAttributeValues: { ":now": nowSeconds },
    });
    return there && parse(there);
  }

  return {
    claim: (claim) =>
      putUnlessLive(keys.claim(claim.owner, claim.key), claim, (item) => ClaimItem.parse(item), claim.claimedAt),

    async takeUp({ owner, key, claimedAt }, now) {
      const update = new UpdateCommand({
        TableName: name,
        Key: keys.claim(owner, key),
        UpdateExpression: "SET claimedAt = :now",
        ConditionExpression: "claimedAt = :seen AND isDone = :false",
        ExpressionAttributeValues: { ":now": now, ":seen": claimedAt, ":false": false },
      });
      return !(await isRefused(client.send(update)));
    },

    async complete({ owner, key, seed }) {
      const update = new UpdateCommand({
        TableName: name,
        Key: keys.claim(owner, key),
        UpdateExpression: "SET isDone = :true",
        ConditionExpression: "seed = :seed",
        ExpressionAttributeValues: { ":true": true, ":seed": seed },
      });
      await isRefused(client.send(update));
    },

    forgetNames: (account, eventIds) =>
      deleteItems(
        table,
        eventIds.map((eventId) => keys.named(account, eventId)),
      ),

    nameEvent: (event, now) =>
      putUnlessLive(keys.named(event.account, event.eventId), event, (item) => NamedItem.parse(item), now),
  };
}
