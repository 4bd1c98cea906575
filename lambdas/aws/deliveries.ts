import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { type Attempt, OUTCOMES } from "../core/attempt.ts";
import type { EndedDelivery, PendingDelivery } from "../core/delivery.ts";
import { idTime } from "../core/ids.ts";
import { leftoverExpiresAt } from "../core/retention.ts";
import type { Deliveries, DeliveryKey } from "../ports.ts";
import { oldestOfShards, queryShards } from "./sharded-query.ts";
import { backlogPartition, isRefused, keys, readItems, type Table, writeItems } from "./table.ts";

const AttemptField = z
  .object({
    outcome: z.enum(OUTCOMES),
    startedAt: z.number(),
    durationMs: z.number(),
    reason: z.string().optional(),
    answer: z
      .object({
        status: z.number(),
        body: z.instanceof(Uint8Array),
        isTruncated: z.boolean(),
        headers: z.record(z.string(), z.string()),
      })
      .optional(),
  })
  .transform(
    ({ reason, answer, ...rest }): Attempt => ({
      ...rest,
      ...(reason !== undefined && { reason }),
      ...(answer && { answer }),
    }),
  );

const PendingItem = z
  .object({
    endpoint: z.string(),
    account: z.string(),
    eventId: z.string(),
    type: z.string(),
    failures: z.number(),
    firstFailedAt: z.number().optional(),
    dueAt: z.number(),
    attempts: z.array(AttemptField),
  })
  .transform(
    ({ firstFailedAt, ...rest }): PendingDelivery => ({
      ...rest,
      ...(firstFailedAt !== undefined && { firstFailedAt }),
    }),
  );

const EndedItem = z
  .object({
    endpoint: z.string(),
    account: z.string(),
    eventId: z.string(),
    status: z.enum(["delivered", "exhausted", "cancelled"]),
    reason: z.enum(["schedule", "expired", "skipped", "deleted", "moved", "suspended"]).optional(),
    endedAt: z.number(),
    attempts: z.array(AttemptField),
  })
  .transform(({ reason, ...rest }): EndedDelivery => ({ ...rest, ...(reason !== undefined && { reason }) }));

const BATCH_WRITE_MAX = 25; // DynamoDB: items of one BatchWriteItem

export function dynamoDeliveries(table: Table): Deliveries {
  const { client, name } = table;
  const addIfAbsent = (item: Record<string, unknown>) =>
    isRefused(
      client.send(new PutCommand({ TableName: name, Item: item, ConditionExpression: "attribute_not_exists(pk)" })),
    );

  return {
    async park(delivery, expiresAt) {
      await addIfAbsent({ ...keys.pending(delivery.endpoint, delivery.eventId), ...delivery, expiresAt });
    },

    async parkNew(deliveries, expiresAt) {
      const puts = deliveries.map((delivery) => ({
        PutRequest: { Item: { ...keys.pending(delivery.endpoint, delivery.eventId), ...delivery, expiresAt } },
      }));
      for (let from = 0; from < puts.length; from += BATCH_WRITE_MAX) {
        await writeItems(table, puts.slice(from, from + BATCH_WRITE_MAX));
      }
    },

    async end(delivery, expiresAt) {
      // The last word first: a reader between the two writes sees both items and believes this one.
      await addIfAbsent({ ...keys.ended(delivery.endpoint, delivery.eventId), ...delivery, expiresAt });
      await client.send(new DeleteCommand({ TableName: name, Key: keys.pending(delivery.endpoint, delivery.eventId) }));
    },

    async revise(delivery, seen) {
      const put = new PutCommand({
        TableName: name,
        Item: {
          ...keys.pending(delivery.endpoint, delivery.eventId),
          ...delivery,
          expiresAt: leftoverExpiresAt(idTime(delivery.eventId)),
        },
        ConditionExpression: "failures = :failures AND dueAt = :dueAt",
        ExpressionAttributeValues: { ":failures": seen.failures, ":dueAt": seen.dueAt },
      });
      await isRefused(client.send(put));
    },

    oldest(endpoint, { after, limit }) {
      return oldestOfShards(table, {
        partition: (shard) => backlogPartition(endpoint, shard),
        parse: (item) => PendingItem.parse(item),
        idOf: ({ eventId }) => eventId,
        after,
        limit,
      });
    },

    async pending(of: readonly DeliveryKey[]) {
      const items = await readItems(
        table,
        of.map(({ endpoint, eventId }) => keys.pending(endpoint, eventId)),
      );
      return items.map((item) => PendingItem.parse(item));
    },

    async ended(of: readonly DeliveryKey[]) {
      const items = await readItems(
        table,
        of.map(({ endpoint, eventId }) => keys.ended(endpoint, eventId)),
      );
      return items.map((item) => EndedItem.parse(item));
    },

    backlog(endpoint, { before, limit }) {
      return queryShards(table, {
        partition: (shard) => backlogPartition(endpoint, shard),
        parse: (item) => PendingItem.parse(item),
        idOf: ({ eventId }) => eventId,
        before,
        limit,
      });
    },
  };
}
