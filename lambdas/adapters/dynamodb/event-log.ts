import { PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { LoggedEvent } from "../../delivery/model/delivery.ts";
import type { Clock } from "../../ports/clock.ts";
import type { EventLog, LogQuery } from "../../ports/events.ts";
import { EventItem, itemOf, ResultsItem, TraceItem } from "./table/event-item.ts";
import { allOf, equals, type Filter, oneOf, typeFilter } from "./table/filters.ts";
import { oldestOfShards, queryShards } from "./table/sharded-query.ts";
import { deleteItems, isRefused, keys, logPartitions, readItems, type Table } from "./table/table.ts";

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

    async checkWritable(account) {
      // The condition never holds: the table evaluates it as a write, and stores nothing.
      const Item = keys.writeCheck(account);
      const put = new PutCommand({ TableName: table.name, Item, ConditionExpression: "attribute_exists(pk)" });
      await isRefused(table.client.send(put));
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
      for (const partition of logPartitions(table, account)) {
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
        partitions: logPartitions(table, account),
        parse: (item) => ResultsItem.parse(item),
        idOf: ({ id }) => id,
        ...query,
      }),

    async list(account, query) {
      const page = await queryShards(table, {
        partitions: logPartitions(table, account),
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

function filterOf({ type, types, eventId, endpoint, isUnmatched = false }: LogQuery): Filter | undefined {
  return allOf([
    ...(type === undefined ? [] : [typeFilter(type)]),
    ...(types === undefined ? [] : [oneOf("type", types)]),
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
