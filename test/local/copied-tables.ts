import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll } from "vitest";
import { clock } from "../../lambdas/adapters/aws/clock-and-random.ts";
import { dynamoCallbacks } from "../../lambdas/adapters/dynamodb/callbacks.ts";
import { dynamoEndpoints } from "../../lambdas/adapters/dynamodb/endpoints.ts";
import { dynamoEventLog } from "../../lambdas/adapters/dynamodb/event-log.ts";
import { dynamoKeys } from "../../lambdas/adapters/dynamodb/keys.ts";
import { dynamoStates } from "../../lambdas/adapters/dynamodb/states.ts";
import { openTable } from "../../lambdas/adapters/dynamodb/table/table.ts";
import { kmsVault } from "../../lambdas/adapters/dynamodb/vault.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { type CopyOptions, copyTable, SEGMENTS } from "../../local/copy-table/copy-table.ts";
import { openProgress } from "../../local/copy-table/progress.ts";
import { dynamodbClient, kmsClient } from "../../local/emulator/engines/aws-clients.ts";
import { startDynamodb } from "../../local/emulator/engines/dynamodb.ts";
import { startKms } from "../../local/emulator/engines/kms.ts";
import type { TableLocation } from "../../local/table-location.ts";
import { logged, random, stateOf } from "../contract/examples.ts";
import { createTable } from "../contract/table.ts";
import { endpointWith } from "../support/examples.ts";

export const [OLD_KEY, NEW_KEY] = ["old", "new"].map((name) => `arn:aws:kms:us-east-1:000000000000:key/${name}`);
const folder = mkdtempSync(join(tmpdir(), "rappel-copy-"));
const stops: (() => unknown)[] = [];
let dynamodbUrl = "";
let kmsUrls: string[] = [];

beforeAll(async () => {
  const [dynamodb, ...kms] = await Promise.all([startDynamodb(), startKms(), startKms()]);
  stops.push(dynamodb.stop, ...kms.map(({ stop }) => stop));
  dynamodbUrl = dynamodb.url;
  kmsUrls = kms.map(({ url }) => url);
});
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  rmSync(folder, { recursive: true, force: true });
});

/** Where the engines of the first account listen. */
export const engineUrls = () => ({ dynamodb: dynamodbUrl, kms: kmsUrls[0] ?? "" });

/** A table of a deployment in one of two accounts, whose KMS keys do not open each other's data. */
export async function newTable(account: 0 | 1 = 0): Promise<TableLocation> {
  const client = dynamodbClient({ dynamodb: dynamodbUrl, sqs: "" });
  const name = `copy-${randomUUID()}`;
  await createTable(client, name);
  return { table: openTable(name, client), kms: kmsClient({ dynamodb: "", sqs: "", kms: kmsUrls[account] ?? "" }) };
}

export function portsOf({ table, kms }: TableLocation, key = OLD_KEY) {
  const vault = kmsVault(table, kms, key);
  return {
    endpoints: dynamoEndpoints(table, vault),
    callbacks: dynamoCallbacks(table, vault),
    states: dynamoStates(table),
    keys: dynamoKeys(table),
    log: dynamoEventLog(table, clock),
  };
}

export const newFile = () => join(folder, `${randomUUID()}.json`);
export const copied = (source: TableLocation, target: TableLocation, more: Partial<CopyOptions> = {}) =>
  copyTable({
    source,
    target,
    part: "all",
    overwrite: false,
    file: openProgress(newFile(), "a copy", SEGMENTS),
    report: () => undefined,
    now: Date.now,
    ...more,
  });

export async function itemsOf({ table }: TableLocation): Promise<Map<string, Record<string, unknown>>> {
  const { Items = [] } = await table.client.send(new ScanCommand({ TableName: table.name, ConsistentRead: true }));
  return new Map(Items.map((item) => [`${item["pk"]} ${item["sk"]}`, item]));
}

export const put = ({ table }: TableLocation, Item: Record<string, unknown>) =>
  table.client.send(new PutCommand({ TableName: table.name, Item }));

export const CALLBACKS = {
  version: 1,
  lastId: 1,
  endpoints: [],
  deleted: [],
  callbacks: [{ id: 1, eventType: "open" as const, endpoint: "ep_1", apiKeyId: 7 }],
};

/** A table with an account: endpoint, callbacks, key, and an event. */
export async function filled() {
  const source = await newTable();
  const ports = portsOf(source);
  const endpoint = endpointWith({
    id: newId("ep", Date.now(), random),
    headers: { "x-token": "a header's value" },
    oldSecrets: [{ secret: "whsec_old", until: 9 }],
  });
  await ports.endpoints.add(endpoint, stateOf(endpoint));
  await ports.callbacks.replace(endpoint.account, CALLBACKS);
  const key = {
    id: "key_1",
    account: endpoint.account,
    scopes: ["send" as const],
    name: "n",
    prefix: "p",
    secretHash: "h",
  };
  await ports.keys.add({ ...key, createdAt: 5 });
  const event = logged({ id: newId("evt", Date.now(), random), account: endpoint.account });
  await ports.log.add(event);
  return { source, ports, endpoint, key, event };
}
