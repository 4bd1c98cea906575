import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { Claims } from "../../ports/events.ts";
import { lowestId, SHARD_COUNTS } from "../../shared/ids.ts";
import { LIMITS } from "../../shared/limits.ts";
import { deleteItems, type ItemKey, isRefused, keys, putUnlessThere, readItems, type Table } from "./table/table.ts";

const ClaimItem = z.object({
  owner: z.string(),
  key: z.string(),
  hash: z.string(),
  acceptedAt: z.number(),
  seed: z.string(),
  shards: z.literal(SHARD_COUNTS).exactOptional(),
  claimedAt: z.number(),
  isDone: z.boolean(),
  firstIds: z.record(z.string(), z.string()).exactOptional(),
});
const NamedItem = z.object({ account: z.string(), eventId: z.string(), id: z.string(), hash: z.string() });

const SECOND_MS = 1_000;

export function dynamoClaims(table: Table): Claims {
  const { client, name } = table;
  /**
   * Puts an item unless a valid one exists. An expired one may still exist: DynamoDB deletes it up to some days later.
   * @param stale the condition under which an existing item is replaced too
   */
  async function putUnlessValid(key: ItemKey, item: object, now: number, stale: string, since: unknown) {
    const nowSeconds = Math.floor(now / SECOND_MS);
    return putUnlessThere(table, {
      Item: { ...key, ...item, expiresAt: nowSeconds + LIMITS.idempotencySeconds },
      ConditionExpression: `attribute_not_exists(pk) OR expiresAt <= :now OR ${stale}`,
      ExpressionAttributeValues: { ":now": nowSeconds, ":since": since },
    });
  }

  return {
    async claim(claim, since = 0) {
      const key = keys.claim(claim.owner, claim.key);
      const there = await putUnlessValid(key, claim, claim.claimedAt, "acceptedAt < :since", since);
      return there && ClaimItem.parse(there);
    },

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

    async release({ owner, key, seed }) {
      const update = new UpdateCommand({
        TableName: name,
        Key: keys.claim(owner, key),
        UpdateExpression: "SET claimedAt = :never",
        ConditionExpression: "seed = :seed AND isDone = :false",
        ExpressionAttributeValues: { ":never": 0, ":seed": seed, ":false": false },
      });
      await isRefused(client.send(update));
    },

    async complete({ owner, key, seed, firstIds }) {
      const update = new UpdateCommand({
        TableName: name,
        Key: keys.claim(owner, key),
        UpdateExpression: `SET isDone = :true${firstIds === undefined ? "" : ", firstIds = :firstIds"}`,
        ConditionExpression: "seed = :seed",
        ExpressionAttributeValues: { ":true": true, ":seed": seed, ...(firstIds && { ":firstIds": firstIds }) },
      });
      await isRefused(client.send(update));
    },

    async findEventId(account, eventId) {
      const [item] = await readItems(table, [keys.named(account, eventId)]);
      return item && NamedItem.parse(item).id;
    },

    forgetEventIds: (account, eventIds) =>
      deleteItems(
        table,
        eventIds.map((eventId) => keys.named(account, eventId)),
      ),

    async claimEventId(event, now, since = 0) {
      const key = keys.named(event.account, event.eventId);
      // Ids sort by time.
      const there = await putUnlessValid(key, event, now, "id < :since", lowestId(since));
      return there && NamedItem.parse(there);
    },
  };
}
