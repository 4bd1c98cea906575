import { DeleteCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { Condition, StateChange } from "../../endpoints/model/conditional-update.ts";
import { type EndpointState, STATUS_REASON_CODES } from "../../endpoints/model/endpoint-state.ts";
import { OPERATIONAL_TYPES } from "../../events/model/operational-types.ts";
import type { States, Wake } from "../../ports/endpoints.ts";
import { queryShards } from "./table/sharded-query.ts";
import {
  endpointGroupPartitions,
  endpointStatusKeys,
  isRefused,
  keys,
  readItems,
  STATUS_INDEX,
  type Table,
  WAKE_SHARDS,
  wakeKeys,
  wakesIndex,
  writtenIf,
} from "./table/table.ts";

const StateItem = z.object({
  endpoint: z.string(),
  account: z.string(),
  status: z.enum(["active", "failing", "suspended", "paused", "deleted"]),
  statusReason: z.object({ code: z.enum(STATUS_REASON_CODES), attempts: z.number().exactOptional() }),
  statusSince: z.number(),
  version: z.number(),
  streak: z.number(),
  parked: z.number(),
  attemptIndex: z.number(),
  expiryCheckedAt: z.number(),
  announced: z.number(),
  announceHour: z.object({ since: z.number(), published: z.number(), unpublished: z.number() }).exactOptional(),
  publishedTo: z.number().exactOptional(),
  announce: z
    .array(
      z.object({
        number: z.number(),
        type: z.enum(OPERATIONAL_TYPES),
        at: z.number(),
        reason: z.string(),
        isSilent: z.boolean().exactOptional(),
      }),
    )
    .exactOptional(),
  lastOkAt: z.number().exactOptional(),
  ownFailureAt: z.number().exactOptional(),
  isQuiet: z.boolean().exactOptional(),
  wasActive: z.boolean().exactOptional(),
  lastLoopAt: z.number().exactOptional(),
  probedTo: z.string().exactOptional(),
  probeAt: z.number().exactOptional(),
  earlyProbeAt: z.number().exactOptional(),
  notBefore: z.number().exactOptional(),
  wakeAt: z.number().exactOptional(),
  skipBefore: z.number().exactOptional(),
  successorTypes: z.array(z.string()).exactOptional(),
  keptUntil: z.number().exactOptional(),
  returnRequestedAt: z.number().exactOptional(),
  roundId: z.string().exactOptional(),
  roundUntil: z.number().exactOptional(),
});
const ListedItem = z.object({ endpoint: z.string(), account: z.string() });
const IndexKey = z.object({ wakeKey: z.string() });

export function dynamoStates(table: Table): States {
  const { client, name } = table;
  return {
    async read(endpoints) {
      const items = await readItems(table, [...new Set(endpoints)].map(keys.state));
      return new Map(items.map((item): EndpointState => StateItem.parse(item)).map((state) => [state.endpoint, state]));
    },

    async update(endpoint, change) {
      const update = new UpdateCommand({
        TableName: name,
        Key: keys.state(endpoint),
        ...expressionOf(endpoint, change),
        ReturnValues: "ALL_NEW",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      });
      const written = await writtenIf(client.send(update));
      if (written.isDone) return { isDone: true, state: StateItem.parse(written.answer.Attributes) };
      return written.item && { isDone: false, state: StateItem.parse(written.item) };
    },

    async remove(endpoint, onlyIf) {
      const placeholders = new Placeholders();
      const removal = new DeleteCommand({
        TableName: name,
        Key: keys.state(endpoint),
        ConditionExpression: conditionOf(onlyIf, placeholders),
        ...placeholders.all,
      });
      await isRefused(client.send(removal));
    },

    async listed(statuses, { before, limit }) {
      return queryShards(table, {
        partitions: statuses.flatMap(endpointGroupPartitions),
        parse: (item) => ListedItem.parse(item),
        idOf: ({ endpoint }) => endpoint,
        index: STATUS_INDEX,
        before,
        limit,
      });
    },

    async overdue(before, limit) {
      const shards = Array.from({ length: WAKE_SHARDS }, (_, shard) => overdueIn(table, shard, before, limit));
      return (await Promise.all(shards))
        .flat()
        .sort((a, b) => a.wakeAt - b.wakeAt)
        .slice(0, limit);
    },
  };
}

/** The oldest `limit` wake-ups of one shard: any of them may be among the oldest overall. */
async function overdueIn({ client, name }: Table, shard: number, before: number, limit: number): Promise<Wake[]> {
  const found: Wake[] = [];
  let from: Record<string, unknown> | undefined;
  while (found.length < limit) {
    const page = await client.send(
      new QueryCommand({
        TableName: name,
        IndexName: wakesIndex,
        KeyConditionExpression: "wakeShard = :shard AND wakeKey < :before",
        ExpressionAttributeValues: { ":shard": `WAKE#${shard}`, ":before": wakeKeys("", before).wakeKey },
        Limit: limit - found.length,
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    found.push(...(page.Items ?? []).map(wakeOf));
    from = page.LastEvaluatedKey;
    if (from === undefined) break;
  }
  return found;
}

function wakeOf(item: unknown): Wake {
  const [wakeAt, endpoint = ""] = IndexKey.parse(item).wakeKey.split("#");
  return { endpoint, wakeAt: Number(wakeAt) };
}

/** Placeholders for the names and values of one expression, because some names are DynamoDB's reserved words. */
class Placeholders {
  readonly #names: Record<string, string> = { "#pk": "pk" };
  readonly #values: Record<string, unknown> = {};
  name(field: string): string {
    this.#names[`#${field}`] = field;
    return `#${field}`;
  }
  value(value: unknown): string {
    const placeholder = `:v${Object.keys(this.#values).length}`;
    this.#values[placeholder] = value;
    return placeholder;
  }
  get all() {
    const hasValues = Object.keys(this.#values).length > 0;
    return { ExpressionAttributeNames: this.#names, ...(hasValues && { ExpressionAttributeValues: this.#values }) };
  }
}

function expressionOf(endpoint: string, { onlyIf = [], set = {}, remove = [], add = {} }: StateChange) {
  const placeholders = new Placeholders();
  // The sweeper's index is sparse: only a state with a scheduled wake-up has its keys.
  const indexed = set.wakeAt === undefined ? {} : wakeKeys(endpoint, set.wakeAt);
  // So is the index of what did not go well: only endpoints that are not active have its keys.
  const listed = set.status === undefined ? {} : endpointStatusKeys(set.status, endpoint);
  const isUnlisted = set.status !== undefined && Object.keys(listed).length === 0;
  const removed = [
    ...remove,
    ...(remove.includes("wakeAt") ? ["wakeShard", "wakeKey"] : []),
    ...(isUnlisted ? ["statusGroup", "statusKey"] : []),
  ];
  const sets = Object.entries({ ...set, ...indexed, ...listed }).map(
    ([field, value]) => `${placeholders.name(field)} = ${placeholders.value(value)}`,
  );
  const adds = Object.entries(add).map(([field, value]) => `${placeholders.name(field)} ${placeholders.value(value)}`);
  const clauses = [
    ["SET", sets],
    ["REMOVE", removed.map((field) => placeholders.name(field))],
    ["ADD", adds],
  ] as const;
  return {
    UpdateExpression: clauses
      .flatMap(([word, parts]) => (parts.length === 0 ? [] : [`${word} ${parts.join(", ")}`]))
      .join(" "),
    ConditionExpression: conditionOf(onlyIf, placeholders),
    ...placeholders.all,
  };
}

function conditionOf(conditions: readonly Condition[], placeholders: Placeholders): string {
  return [
    "attribute_exists(#pk)",
    ...conditions.map((condition) => expressionOfCondition(condition, placeholders)),
  ].join(" AND ");
}

function expressionOfCondition(condition: Condition, placeholders: Placeholders): string {
  const name = placeholders.name(condition.field);
  switch (condition.is) {
    case "absent":
      return `attribute_not_exists(${name})`;
    case "equal":
      return `${name} = ${placeholders.value(condition.to)}`;
    case "at most":
      return `${name} <= ${placeholders.value(condition.to)}`;
    case "absent or above":
      return `(attribute_not_exists(${name}) OR ${name} > ${placeholders.value(condition.to)})`;
    case "absent or below":
      return `(attribute_not_exists(${name}) OR ${name} < ${placeholders.value(condition.to)})`;
  }
}
