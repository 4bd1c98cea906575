import { deflateRawSync, inflateRawSync } from "node:zlib";
import { PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { OUTCOMES } from "../../delivery/model/attempt.ts";
import type { EventResults, FirstResult, LoggedEvent } from "../../delivery/model/delivery.ts";
import { SOURCES } from "../../events/model/event.ts";
import type { Clock } from "../../ports/clock.ts";
import type { EventLog, EventTrace, LogQuery } from "../../ports/events.ts";
import { idTime } from "../../shared/ids.ts";
import { timeToLive } from "../../shared/retention.ts";
import { allOf, equals, type Filter, typeFilter } from "./table/filters.ts";
import { oldestOfShards, queryShards } from "./table/sharded-query.ts";
import {
  deleteItems,
  deliveryStatusKeys,
  isRefused,
  keys,
  logPartitions,
  readItems,
  type Table,
} from "./table/table.ts";

// Ours: a write unit is 1 KB. A smaller payload fits into one uncompressed, together with keys and results.
const PLAIN_BYTES = 700;
const SECOND_MS = 1_000;

const Code = z.union([z.number(), z.enum(OUTCOMES), z.literal("untried")]);
const Results = z.record(z.string(), z.tuple([Code, z.number(), z.number()]).rest(z.number()));
const Bytes = z.instanceof(Uint8Array);
const fields = {
  pk: z.string(),
  sk: z.string(),
  type: z.string(),
  source: z.enum(SOURCES),
  eventId: z.string().optional(),
  occurredAt: z.number().optional(),
  delivered: Results,
  parked: Results,
  withheld: Results.default({}),
  onBehalfOf: z.record(z.string(), z.string()).exactOptional(),
  resentTo: z.set(z.string()).optional(),
  about: z.string().optional(),
  hops: z.number().exactOptional(),
  expiresAt: z.number(),
};
const ResultsItem = z.object(fields).transform(eventResults);
const EventItem = z
  .object({ ...fields, payload: Bytes.optional(), deflated: Bytes.optional() })
  .transform(({ payload, deflated, ...item }) => ({
    ...eventResults(item),
    payload: deflated === undefined ? (payload ?? new Uint8Array()) : inflateRawSync(deflated),
  }));

const TraceItem = z
  .object({
    sk: z.string(),
    eventId: z.string().optional(),
    parked: Results,
    resentTo: z.set(z.string()).optional(),
  })
  .transform(
    ({ sk, eventId, parked, resentTo = new Set() }): EventTrace => ({
      id: sk,
      ...(eventId !== undefined && { eventId }),
      endpoints: [...new Set([...Object.keys(parked), ...resentTo])],
    }),
  );

export function dynamoEventLog(table: Table, clock: Clock): EventLog {
  const find = async (account: string, ids: readonly string[]) => {
    const items = await readItems(
      table,
      [...new Set(ids)].map((id) => keys.event(account, id)),
    );
    return new Map(
      items
        .map((item) => EventItem.parse(item))
        .filter(isLive)
        .map((event) => [event.id, event]),
    );
  };
  // DynamoDB deletes an expired item up to some days later.
  const isLive = ({ keptUntil }: LoggedEvent) => keptUntil > clock.now();

  return {
    find,

    async add(event) {
      const put = new PutCommand({
        TableName: table.name,
        Item: itemOf(event),
        ConditionExpression: "attribute_not_exists(pk)",
      });
      if (!(await isRefused(table.client.send(put)))) return undefined;
      return (await find(event.account, [event.id])).get(event.id);
    },

    async noteResent(account, id, endpoints) {
      const update = new UpdateCommand({
        TableName: table.name,
        Key: keys.event(account, id),
        UpdateExpression: "ADD resentTo :endpoints",
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: { ":endpoints": new Set(endpoints) },
      });
      return !(await isRefused(table.client.send(update)));
    },

    async traces(account, limit) {
      for (const partition of logPartitions(account)) {
        const { Items = [] } = await table.client.send(
          new QueryCommand({
            TableName: table.name,
            ConsistentRead: true,
            KeyConditionExpression: "pk = :pk",
            // Without payloads, which may be megabytes.
            ProjectionExpression: "sk, eventId, parked, resentTo",
            ExpressionAttributeValues: { ":pk": partition },
            Limit: limit,
          }),
        );
        if (Items.length > 0) return Items.map((item) => TraceItem.parse(item));
      }
      return [];
    },

    erase: (account, ids) =>
      deleteItems(
        table,
        ids.map((id) => keys.event(account, id)),
      ),

    oldest: (account, query) =>
      oldestOfShards(table, {
        partitions: logPartitions(account),
        parse: (item) => ResultsItem.parse(item),
        idOf: ({ id }) => id,
        ...query,
      }),

    async list(account, query) {
      const page = await queryShards(table, {
        partitions: logPartitions(account),
        parse: (item) => EventItem.parse(item),
        idOf: ({ id }) => id,
        before: query.before,
        after: query.after,
        limit: query.limit,
        order: query.order,
        filter: filterOf(query),
      });
      return { ...page, items: page.items.filter(isLive) };
    },
  };
}

function eventResults({
  pk,
  sk,
  eventId,
  occurredAt,
  delivered,
  parked,
  withheld,
  resentTo,
  about,
  expiresAt,
  ...rest
}: z.output<z.ZodObject<typeof fields>>): EventResults {
  return {
    ...rest,
    id: sk,
    account: pk.slice(pk.indexOf("#") + 1, pk.lastIndexOf("#")),
    // The id is a ULID with the time of acceptance, which is not stored again.
    acceptedAt: idTime(sk),
    occurredAt: occurredAt ?? idTime(sk),
    ...(eventId !== undefined && { eventId }),
    delivered: resultsOf(delivered),
    parked: resultsOf(parked),
    withheld: resultsOf(withheld),
    resentTo: [...(resentTo ?? [])],
    keptUntil: expiresAt * SECOND_MS,
    ...(about !== undefined && { about }),
  };
}

function itemOf(event: LoggedEvent): Record<string, unknown> {
  const { id, account, type, source, eventId, about, hops, acceptedAt, occurredAt, payload } = event;
  const { delivered, parked, withheld, onBehalfOf } = event;
  return {
    ...keys.event(account, id),
    type,
    source,
    eventId,
    about,
    hops,
    occurredAt: occurredAt === acceptedAt ? undefined : occurredAt,
    ...storedPayload(payload),
    delivered: tuplesOf(delivered),
    parked: tuplesOf(parked),
    ...(Object.keys(withheld).length > 0 && {
      withheld: tuplesOf(withheld),
      ...deliveryStatusKeys("failed", { account, eventId: id }),
    }),
    onBehalfOf,
    expiresAt: timeToLive(event.keptUntil),
  };
}

function storedPayload(payload: Uint8Array): { payload: Uint8Array } | { deflated: Uint8Array } {
  if (payload.length <= PLAIN_BYTES) return { payload };
  const deflated = deflateRawSync(payload);
  return deflated.length < payload.length ? { deflated } : { payload };
}

function filterOf({ type, eventId, endpoint, isUnmatched = false }: LogQuery): Filter | undefined {
  return allOf([
    ...(type === undefined ? [] : [typeFilter(type)]),
    ...(eventId === undefined ? [] : [equals("eventId", eventId)]),
    ...(endpoint === undefined ? [] : [involving(endpoint)]),
    ...(isUnmatched ? [UNMATCHED] : []),
  ]);
}

const involving = (endpoint: string): Filter => ({
  expression:
    "(attribute_exists(delivered.#ep) OR attribute_exists(parked.#ep) OR attribute_exists(withheld.#ep) OR contains(resentTo, :ep))",
  names: { "#ep": endpoint },
  values: { ":ep": endpoint },
});

const UNMATCHED: Filter = {
  expression:
    "size(delivered) = :none AND size(parked) = :none AND attribute_not_exists(withheld) AND attribute_not_exists(resentTo)",
  names: {},
  values: { ":none": 0 },
};

function tuplesOf(results: Readonly<Record<string, FirstResult>>) {
  return Object.fromEntries(
    Object.entries(results).map(([endpoint, { code, durationMs, at, dueAt }]) => [
      endpoint,
      [code, durationMs, at, ...(dueAt === undefined ? [] : [dueAt])],
    ]),
  );
}

function resultsOf(tuples: z.infer<typeof Results>): Record<string, FirstResult> {
  return Object.fromEntries(
    Object.entries(tuples).map(([endpoint, [code, durationMs, at, dueAt]]) => [
      endpoint,
      { code, durationMs, at, ...(dueAt !== undefined && { dueAt }) },
    ]),
  );
}
