import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { type Attempt, OUTCOMES } from "../../delivery/model/attempt.ts";
import { END_REASONS, type EndedDelivery, type PendingDelivery } from "../../delivery/model/delivery.ts";
import type { DeliveryGroup } from "../../delivery/model/delivery-query.ts";
import type { Deliveries, DeliveryKey } from "../../ports/deliveries.ts";
import { idTime } from "../../shared/ids.ts";
import { leftoverTimeToLive, timeToLive } from "../../shared/retention.ts";
import { waitForAll } from "../../shared/wait-for-all.ts";
import { countAndFirst, countShards, oldestOfShards, queryShards } from "./table/sharded-query.ts";
import {
  backlogPartitions,
  deleteItems,
  deliveryStatusKeys,
  isRefused,
  keys,
  putUnlessThere,
  readItems,
  type Table,
  writeItems,
} from "./table/table.ts";

const AttemptField = z
  .object({
    outcome: z.enum(OUTCOMES),
    startedAt: z.number(),
    durationMs: z.number(),
    reason: z.string().optional(),
    answer: z
      .object({
        status: z.number(),
        body: z.instanceof(Uint8Array).exactOptional(),
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

const PendingItem = z.object({
  endpoint: z.string(),
  account: z.string(),
  eventId: z.string(),
  type: z.string(),
  failures: z.number(),
  firstFailedAt: z.number().exactOptional(),
  dueAt: z.number(),
  attempts: z.array(AttemptField),
  resentAt: z.number().exactOptional(),
  onBehalfOf: z.string().exactOptional(),
  keptUntil: z.number(),
});

const EndedItem = z
  .object({
    endpoint: z.string(),
    account: z.string(),
    eventId: z.string(),
    type: z.string(),
    status: z.enum(["delivered", "exhausted", "cancelled"]),
    reason: z.enum(END_REASONS).exactOptional(),
    endedAt: z.number(),
    attempts: z.array(AttemptField),
    resentAt: z.number().exactOptional(),
    onBehalfOf: z.string().exactOptional(),
    expiresAt: z.number(),
  })
  .transform(({ expiresAt, ...rest }): EndedDelivery => ({ ...rest, keptUntil: expiresAt * SECOND_MS }));

const SECOND_MS = 1_000;

function pendingItem(delivery: PendingDelivery): Record<string, unknown> {
  const { endpoint, eventId } = delivery;
  return {
    ...keys.pending(endpoint, eventId),
    ...delivery,
    ...statusFields("pending", delivery),
    expiresAt: leftoverTimeToLive(idTime(eventId)),
  };
}

/** The fields that only the index of unsuccessful deliveries needs. */
function statusFields(group: DeliveryGroup, delivery: PendingDelivery | EndedDelivery) {
  const last = delivery.attempts.at(-1);
  const lastCode = last?.answer?.status ?? last?.outcome;
  return { ...deliveryStatusKeys(group, delivery), ...(lastCode !== undefined && { lastCode }) };
}

// Whether the existing item belongs to an earlier sending than this one: the first one, or an earlier resend.
const EARLIER_SENDING = "(attribute_not_exists(resentAt) AND :resentAt > :none) OR resentAt < :resentAt";

const DueItem = z.object({ sk: z.string(), dueAt: z.number() });

export function dynamoDeliveries(table: Table): Deliveries {
  const { client, name } = table;
  const addIfAbsent = (item: Record<string, unknown>) =>
    isRefused(
      client.send(new PutCommand({ TableName: name, Item: item, ConditionExpression: "attribute_not_exists(pk)" })),
    );

  return {
    async addToBacklog(delivery) {
      await addIfAbsent(pendingItem(delivery));
    },

    async addNewToBacklog(deliveries) {
      await writeItems(
        table,
        deliveries.map((delivery) => ({ PutRequest: { Item: pendingItem(delivery) } })),
      );
    },

    async recordOutcome({ keptUntil, ...delivery }) {
      const there = await putUnlessThere(table, {
        Item: {
          ...keys.ended(delivery.endpoint, delivery.eventId),
          ...delivery,
          ...(delivery.status !== "delivered" && statusFields("failed", { ...delivery, keptUntil })),
          expiresAt: timeToLive(keptUntil),
        },
        ConditionExpression: `attribute_not_exists(pk) OR ${EARLIER_SENDING}`,
        ExpressionAttributeValues: { ":resentAt": delivery.resentAt ?? 0, ":none": 0 },
      });
      return there && EndedItem.parse(there);
    },

    async removeFromBacklog(deliveries) {
      await waitForAll(
        deliveries.map(({ endpoint, eventId, resentAt = 0 }) =>
          isRefused(
            client.send(
              new DeleteCommand({
                TableName: name,
                Key: keys.pending(endpoint, eventId),
                ConditionExpression: "attribute_not_exists(resentAt) OR resentAt <= :resentAt",
                ExpressionAttributeValues: { ":resentAt": resentAt },
              }),
            ),
          ),
        ),
      );
    },

    async revise(delivery, seen) {
      const put = new PutCommand({
        TableName: name,
        Item: pendingItem(delivery),
        ConditionExpression: "failures = :failures AND dueAt = :dueAt",
        ExpressionAttributeValues: { ":failures": seen.failures, ":dueAt": seen.dueAt },
      });
      await isRefused(client.send(put));
    },

    oldest(endpoint, { after, limit }) {
      return oldestOfShards(table, {
        partitions: backlogPartitions(table, endpoint),
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

    count(endpoint, { above, below, max }) {
      return countShards(table, { partitions: backlogPartitions(table, endpoint), above, below, max });
    },

    async summary(endpoint, max) {
      const { count, first } = await countAndFirst(table, {
        partitions: backlogPartitions(table, endpoint),
        fields: ["sk", "dueAt"],
        parse: (item) => DueItem.parse(item),
        idOf: ({ sk }) => sk,
        max,
      });
      return { count, ...(first && { oldest: { eventId: first.sk, dueAt: first.dueAt } }) };
    },

    eraseEnded: (of) =>
      deleteItems(
        table,
        of.map(({ endpoint, eventId }) => keys.ended(endpoint, eventId)),
      ),

    backlog(endpoint, { before, after, limit }) {
      return queryShards(table, {
        partitions: backlogPartitions(table, endpoint),
        parse: (item) => PendingItem.parse(item),
        idOf: ({ eventId }) => eventId,
        before,
        after,
        limit,
      });
    },
  };
}
