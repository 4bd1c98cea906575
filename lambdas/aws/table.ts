import { setTimeout as sleep } from "node:timers/promises";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  BatchWriteCommand,
  type BatchWriteCommandInput,
  DynamoDBDocumentClient,
} from "@aws-sdk/lib-dynamodb";
import { shardOf } from "../core/ids.ts";
import { dynamodbClient } from "./clients.ts";

/** The one table, and how each of its items is found: every key is made here. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
}

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export const keys = {
  key: (id: string): ItemKey => ({ pk: `KEY#${id}`, sk: "KEY" }),
  account: (account: string): ItemKey => ({ pk: `ACCOUNT#${account}`, sk: "ACCOUNT" }),
  endpoint: (account: string, endpoint: string): ItemKey => ({ pk: `ACCOUNT#${account}`, sk: `ENDPOINT#${endpoint}` }),
  state: (endpoint: string): ItemKey => ({ pk: `STATE#${endpoint}`, sk: "STATE" }),
  event: (account: string, event: string): ItemKey => ({ pk: logPartition(account, shardOf(event)), sk: event }),
  pending: (endpoint: string, event: string): ItemKey => ({
    pk: backlogPartition(endpoint, shardOf(event)),
    sk: event,
  }),
  ended: (endpoint: string, event: string): ItemKey => ({ pk: `EVENT#${event}`, sk: endpoint }),
  pace: (endpoint: string): ItemKey => ({ pk: `PACE#${endpoint}`, sk: "PACE" }),
  allowance: (name: string, minute: number): ItemKey => ({ pk: `ALLOWANCE#${name}`, sk: String(minute) }),
};
/** The one index, sparse, for the sweeper: promised wake-ups by time, in a few partitions. */
export const wakesIndex = "wakes";
export const WAKE_SHARDS = 4;
const INSTANT_DIGITS = 15; // epoch ms, so that texts sort as their numbers do
export function wakeKeys(endpoint: string, wakeAt: number): { wakeShard: string; wakeKey: string } {
  const shard = (endpoint.codePointAt(endpoint.length - 1) ?? 0) % WAKE_SHARDS;
  return { wakeShard: `WAKE#${shard}`, wakeKey: `${String(wakeAt).padStart(INSTANT_DIGITS, "0")}#${endpoint}` };
}

export const ENDPOINT_PREFIX = "ENDPOINT#";
export const logPartition = (account: string, shard: number) => `LOG#${account}#${shard}`;
export const backlogPartition = (endpoint: string, shard: number) => `BACKLOG#${endpoint}#${shard}`;

export function openTable(name: string, client = dynamodbClient()): Table {
  return {
    name,
    client: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
  };
}

const BATCH_GET_MAX = 100; // DynamoDB: keys in one BatchGetItem

/** Reads items by their keys, strongly consistent, in no order; an absent one is missing from the answer. */
export async function readItems(
  { client, name }: Table,
  wanted: readonly ItemKey[],
): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  let left: Record<string, unknown>[] = wanted.map((key) => ({ ...key }));
  while (left.length > 0) {
    const answer = await client.send(
      new BatchGetCommand({ RequestItems: { [name]: { Keys: left.slice(0, BATCH_GET_MAX), ConsistentRead: true } } }),
    );
    found.push(...(answer.Responses?.[name] ?? []));
    // What DynamoDB had no room for in this answer (16 MB) is asked again.
    left = [...(answer.UnprocessedKeys?.[name]?.Keys ?? []), ...left.slice(BATCH_GET_MAX)];
  }
  return found;
}

const UNPROCESSED_PAUSE_MS = 50; // ours: DynamoDB asks for a pause, that it grows is the throttled table's own doing
const WRITE_ROUNDS_MAX = 20;

/** Puts at most 25 items, whatever is there. @throws when some are still not taken after a second and more */
export async function writeItems(
  { client, name }: Table,
  puts: readonly { PutRequest: { Item: Record<string, unknown> } }[],
): Promise<void> {
  let left: NonNullable<BatchWriteCommandInput["RequestItems"]>[string] = [...puts];
  for (let round = 1; left.length > 0; round++) {
    if (round > WRITE_ROUNDS_MAX) throw new Error(`Cannot write ${left.length} items: the table does not take them`);
    if (round > 1) await sleep(UNPROCESSED_PAUSE_MS * round);
    const answer = await client.send(new BatchWriteCommand({ RequestItems: { [name]: left } }));
    left = answer.UnprocessedItems?.[name] ?? [];
  }
}

/** Whether a write was refused by its condition; any other error is thrown on. */
export async function isRefused(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return false;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return true;
    throw error;
  }
}
