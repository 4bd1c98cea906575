import { setTimeout as sleep } from "node:timers/promises";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type DynamoDBDocumentClient,
  PutCommand,
  type PutCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DeliveryGroup } from "../../../delivery/model/delivery-query.ts";
import type { EndpointStatus } from "../../../endpoints/model/endpoint-state.ts";
import { SHARDS_MIN, type ShardCount, shardOf } from "../../../shared/ids.ts";
import type { StatsKind } from "../../../stats/model/counters.ts";
import { dynamodbClient, unavailable } from "../../aws/clients.ts";
import { tableClient } from "./table-client.ts";

/** The table. All keys of its items are made in this file. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
  /** Partitions of an account's log, of an endpoint's backlog, and of the index of what did not go well. */
  readonly shards: ShardCount;
}
export type Connection = Pick<Table, "client" | "name">;

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export const keys = {
  dataKey: (): ItemKey => ({ pk: "DATAKEY", sk: "DATAKEY" }),
  key: (id: string): ItemKey => ({ pk: `KEY#${id}`, sk: "KEY" }),
  ownedKey: (account: string | undefined, id: string): ItemKey => ({
    pk: account === undefined ? OPERATOR_PARTITION : `ACCOUNT#${account}`,
    sk: `${KEY_PREFIX}${id}`,
  }),
  session: (id: string): ItemKey => ({ pk: `SESSION#${id}`, sk: "SESSION" }),
  ownedSession: (account: string | undefined, id: string): ItemKey => ({
    pk: keys.ownedKey(account, "").pk,
    sk: `${SESSION_PREFIX}${id}`,
  }),
  listedAccount: (account: string): ItemKey => ({ pk: ACCOUNTS_PARTITION, sk: account }),
  deletedAccount: (account: string): ItemKey => ({ pk: DELETIONS_PARTITION, sk: account }),
  account: (account: string): ItemKey => ({ pk: `ACCOUNT#${account}`, sk: "ACCOUNT" }),
  callbacks: (account: string): ItemKey => ({ pk: `ACCOUNT#${account}`, sk: "CALLBACKS" }),
  endpoint: (account: string, endpoint: string): ItemKey => ({ pk: `ACCOUNT#${account}`, sk: `ENDPOINT#${endpoint}` }),
  state: (endpoint: string): ItemKey => ({ pk: `STATE#${endpoint}`, sk: "STATE" }),
  event: (account: string, event: string): ItemKey => ({ pk: logPartition(account, shardOf(event)), sk: event }),
  /** No item has this key. */
  writeCheck: (account: string): ItemKey => ({ pk: logPartition(account, 0), sk: "CHECK" }),
  pending: (endpoint: string, event: string): ItemKey => ({
    pk: backlogPartition(endpoint, shardOf(event)),
    sk: event,
  }),
  ended: (endpoint: string, event: string): ItemKey => ({ pk: `EVENT#${event}`, sk: endpoint }),
  recovery: (account: string, id: string): ItemKey => ({ pk: recoveriesPartition(account), sk: id }),
  runningRecovery: (account: string, request: string): ItemKey => ({
    pk: RUNNING_RECOVERIES_PARTITION,
    sk: `${account}#${request}`,
  }),
  activity: (account: string, id: string): ItemKey => ({ pk: `ACTIVITY#${account}`, sk: id }),
  claim: (owner: string, key: string): ItemKey => ({ pk: `IDEM#${owner}#${key}`, sk: "IDEM" }),
  named: (account: string, eventId: string): ItemKey => ({ pk: `NAMED#${account}#${eventId}`, sk: "NAMED" }),
  pace: (endpoint: string): ItemKey => ({ pk: `PACE#${endpoint}`, sk: "PACE" }),
  /** @param shard the first one has the alerts too, and says how many there are */
  stats: (kind: StatsKind, account: string, at: number, shard = 0): ItemKey => ({
    pk: shard === 0 ? `STATS#${account}#${kind}` : `STATS#${account}#${kind}#${shard}`,
    sk: String(at).padStart(INSTANT_DIGITS, "0"),
  }),
  // After all windows, so that one query reads the windows from a time on and all alerts.
  alert: (account: string, source: string, destination: string | null): ItemKey => ({
    pk: keys.stats("emails", account, 0).pk,
    sk: `${ALERT_PREFIX}${source}#${destination ?? ""}`,
  }),
  allowance: (name: string, minute: number): ItemKey => ({ pk: `ALLOWANCE#${name}`, sk: String(minute) }),
};
/** An index, sparse, for the sweeper: scheduled wake-ups by time, in a few partitions. */
export const wakesIndex = "wakes";
export const WAKE_SHARDS = 16; // 1,000 writes a second each: 240,000 endpoints that fail every 30 s
const INSTANT_DIGITS = 15; // epoch ms, padded so that they sort as text
const wakeShardOf = (endpoint: string) => (endpoint.codePointAt(endpoint.length - 1) ?? 0) % WAKE_SHARDS;
export function wakeKeys(endpoint: string, wakeAt: number): { wakeShard: string; wakeKey: string } {
  return {
    wakeShard: `WAKE#${wakeShardOf(endpoint)}`,
    wakeKey: `${String(wakeAt).padStart(INSTANT_DIGITS, "0")}#${endpoint}`,
  };
}

/**
 * An index, sparse: what did not go well. Deliveries that did not succeed at the first attempt, in the order of events, and
 * endpoints that are not active.
 */
export const STATUS_INDEX = { name: "statuses", partitionKey: "statusGroup", sortKey: "statusKey" } as const;
/** The keys of an unsuccessful delivery. @param endpoint absent for a log item, whose deliveries are not items of their own */
export function deliveryStatusKeys(
  group: DeliveryGroup,
  { account, eventId, endpoint }: { account: string; eventId: string; endpoint?: string },
): { statusGroup: string; statusKey: string } {
  return {
    statusGroup: deliveryGroupPartition(group, account, shardOf(eventId)),
    statusKey: endpoint === undefined ? eventId : `${eventId}#${endpoint}`,
  };
}
const deliveryGroupPartition = (group: DeliveryGroup, account: string, shard: number) => `${group}#${account}#${shard}`;
export const deliveryGroupPartitions = (table: Sharded, group: DeliveryGroup, account: string) =>
  allShards(table, (shard) => deliveryGroupPartition(group, account, shard));
/** The keys of an endpoint's state; none if it is active or deleted. */
export function endpointStatusKeys(
  status: EndpointStatus,
  endpoint: string,
): { statusGroup: string; statusKey: string } | Record<string, never> {
  if (status === "active" || status === "deleted") return {};
  return { statusGroup: endpointGroupPartition(status, wakeShardOf(endpoint)), statusKey: endpoint };
}
const endpointGroupPartition = (status: EndpointStatus, shard: number) => `ENDPOINTS#${status}#${shard}`;
export const endpointGroupPartitions = (status: EndpointStatus) =>
  Array.from({ length: WAKE_SHARDS }, (_, shard) => endpointGroupPartition(status, shard));

export const ALERT_PREFIX = "~";
export const ENDPOINT_PREFIX = "ENDPOINT#";
export const KEY_PREFIX = "KEY#";
export const SESSION_PREFIX = "SESSION#";
const OPERATOR_PARTITION = "OPERATOR"; // the operator's keys
/** All accounts by id, in one partition, because they change rarely. */
export const ACCOUNTS_PARTITION = "ACCOUNTS";
/** Accounts that are being deleted. */
export const DELETIONS_PARTITION = "DELETIONS";
type Sharded = Pick<Table, "shards">;
const allShards = ({ shards }: Sharded, partition: (shard: number) => string) =>
  Array.from({ length: shards }, (_, shard) => partition(shard));
const logPartition = (account: string, shard: number) => `LOG#${account}#${shard}`;
export const logPartitions = (table: Sharded, account: string) =>
  allShards(table, (shard) => logPartition(account, shard));
export const BACKLOG_PREFIX = "BACKLOG#";
const backlogPartition = (endpoint: string, shard: number) => `${BACKLOG_PREFIX}${endpoint}#${shard}`;
export const backlogPartitions = (table: Sharded, endpoint: string) =>
  allShards(table, (shard) => backlogPartition(endpoint, shard));
/** Recoveries that have not ended, of all accounts. */
export const RUNNING_RECOVERIES_PARTITION = "RECOVERIES";
export const recoveriesPartition = (account: string) => `RECOVERY#${account}`;

export function openTable(name: string, client = dynamodbClient(), shards: ShardCount = SHARDS_MIN): Table {
  return { name, shards, client: tableClient(client) };
}

const BATCH_GET_MAX = 100; // DynamoDB: keys in one BatchGetItem
const BATCH_WRITE_MAX = 25; // DynamoDB: items of one BatchWriteItem
const UNPROCESSED_PAUSE_MS = 50; // ours: DynamoDB recommends an increasing pause
const FRUITLESS_MAX = 20; // ours: pauses of 10 s in total

/** Reads items by key, strongly consistent and unordered. Absent items are missing from the result. */
export async function readItems(
  { client, name }: Connection,
  wanted: readonly ItemKey[],
): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  const keys: Record<string, unknown>[] = wanted.map((key) => ({ ...key }));
  await untilProcessed(keys, BATCH_GET_MAX, async (Keys) => {
    const answer = await client.send(new BatchGetCommand({ RequestItems: { [name]: { Keys, ConsistentRead: true } } }));
    found.push(...(answer.Responses?.[name] ?? []));
    return answer.UnprocessedKeys?.[name]?.Keys ?? [];
  });
  return found;
}

type Writes = NonNullable<BatchWriteCommandInput["RequestItems"]>[string];

/** Puts items, replacing existing ones, and deletes items. */
export async function writeItems({ client, name }: Connection, writes: readonly Writes[number][]): Promise<void> {
  await untilProcessed<Writes[number]>(writes, BATCH_WRITE_MAX, async (batch) => {
    const answer = await client.send(new BatchWriteCommand({ RequestItems: { [name]: batch } }));
    return answer.UnprocessedItems?.[name] ?? [];
  });
}

/** Deletes items, if they exist. */
export function deleteItems(table: Connection, deleted: readonly ItemKey[]): Promise<void> {
  return writeItems(
    table,
    deleted.map((key) => ({ DeleteRequest: { Key: { ...key } } })),
  );
}

/**
 * Sends batches, and again the unprocessed part of each: DynamoDB leaves it if a response is full (16 MB) or capacity is
 * short.
 * @param ask sends a batch and returns the unprocessed part
 * @throws {RappelError} `STORE_UNAVAILABLE` after 20 calls without progress
 */
async function untilProcessed<T>(
  all: readonly T[],
  batchMax: number,
  ask: (batch: T[]) => Promise<readonly T[]>,
): Promise<void> {
  let left = all;
  for (let fruitless = 0; left.length > 0; ) {
    const batch = left.slice(0, batchMax);
    const unprocessed = await ask(batch);
    left = [...unprocessed, ...left.slice(batchMax)];
    if (unprocessed.length === 0) continue;
    if (unprocessed.length === batch.length) fruitless++;
    if (fruitless === FRUITLESS_MAX)
      throw unavailable(new Error(`The table left ${unprocessed.length} items unprocessed`));
    await sleep(UNPROCESSED_PAUSE_MS * Math.max(1, fruitless));
  }
}

/** The result of a conditional write. */
export type Written<T> =
  | { readonly isDone: true; readonly answer: T }
  /** `item`: the existing item, if there is one and the write requested it (`ReturnValuesOnConditionCheckFailure`). */
  | { readonly isDone: false; readonly item: Record<string, unknown> | undefined };

/** Waits for a conditional write. @throws any error except a failed condition */
export async function writtenIf<T>(write: Promise<T>): Promise<Written<T>> {
  try {
    return { isDone: true, answer: await write };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { isDone: false, item: error.Item && unmarshall(error.Item) };
  }
}

/** Whether a write's condition failed. @throws any other error */
export async function isRefused(write: Promise<unknown>): Promise<boolean> {
  return !(await writtenIf(write)).isDone;
}

/**
 * Puts an item, unless its condition fails. @returns the existing item, if it failed
 * @throws {Error} if the condition failed and DynamoDB did not return the existing item
 */
export async function putUnlessThere(
  { client, name }: Connection,
  put: Omit<PutCommandInput, "TableName" | "ReturnValuesOnConditionCheckFailure">,
): Promise<Record<string, unknown> | undefined> {
  const written = await writtenIf(
    client.send(new PutCommand({ ...put, TableName: name, ReturnValuesOnConditionCheckFailure: "ALL_OLD" })),
  );
  if (written.isDone) return undefined;
  if (written.item === undefined)
    throw new Error("Cannot read the item that made a put fail: DynamoDB did not return it");
  return written.item;
}
