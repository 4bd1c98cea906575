import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { random } from "../lambdas/adapters/aws/clock-and-random.ts";
import { dynamoDeliveries } from "../lambdas/adapters/dynamodb/deliveries.ts";
import { dynamoEndpoints } from "../lambdas/adapters/dynamodb/endpoints.ts";
import { dynamoStates } from "../lambdas/adapters/dynamodb/states.ts";
import { itemOf } from "../lambdas/adapters/dynamodb/table/event-item.ts";
import { keys, type Table, writeItems } from "../lambdas/adapters/dynamodb/table/table.ts";
import { kmsVault } from "../lambdas/adapters/dynamodb/vault.ts";
import type { LoggedEvent } from "../lambdas/delivery/model/delivery.ts";
import type { Endpoint } from "../lambdas/endpoints/model/endpoint.ts";
import { newState } from "../lambdas/endpoints/model/endpoint-state.ts";
import { newSecret } from "../lambdas/payload/signature.ts";
import { newId } from "../lambdas/shared/ids.ts";
import { WINDOW_MS } from "../lambdas/stats/model/counters.ts";
import { kmsClient } from "../local/emulator/engines/aws-clients.ts";
import type { Service } from "../local/emulator/service.ts";

const DAY_MS = 86_400_000;
const KEPT_MS = 30 * DAY_MS;
const TYPES = ["email.opened", "email.clicked", "email.bounced", "order.created"];
const BATCH = 25; // DynamoDB: items of one BatchWriteItem
const NAMED_ENDPOINTS = 20; // as many as a window counts by name
const RESPONSE_BOUNDS = [50, 100, 250, 500];

/** Registers endpoints past the API, which reads those that an account already has. One has to be registered before. @returns their ids, newest first */
export async function writeEndpoints({ engines, table }: Service, account: string, count: number): Promise<string[]> {
  const kms = kmsClient(engines);
  const { add } = dynamoEndpoints(table, kmsVault(table, kms));
  const now = Date.now();
  const ids = Array.from({ length: count }, (_, n) => newId("ep", now + n, random.next));
  for (const [n, id] of ids.entries()) {
    const endpoint: Endpoint = {
      id,
      account,
      url: `https://receiver-${n}.example.com/webhooks`,
      description: `customer ${n}`,
      eventTypes: ["email.*"],
      preset: "standard",
      format: "standard",
      encoding: "json",
      success: "2xx",
      retrySchedule: "standard",
      timeoutMs: 15_000,
      releaseRate: 25,
      headers: {},
      metadata: {},
      secrets: [newSecret(random.bytes(32))],
      createdAt: now,
      updatedAt: now,
      version: 1,
    };
    await add(endpoint, newState(id, account, now));
  }
  kms.destroy();
  return ids.toReversed();
}

/** Logged events of the last day, each delivered to one of the endpoints. They are written past the API, which would send them. */
export async function writeEvents(
  table: Table,
  account: string,
  { count, endpoints, writers }: { count: number; endpoints: readonly string[]; writers: number },
): Promise<void> {
  const now = Date.now();
  let left = count;
  const eventAt = (n: number): LoggedEvent => {
    const acceptedAt = now - Math.floor((n / count) * DAY_MS);
    const result = { code: 200, durationMs: 40, at: acceptedAt + 20 };
    return {
      id: newId("evt", acceptedAt, random.next),
      account,
      type: TYPES[n % TYPES.length] ?? "",
      source: "api",
      acceptedAt,
      occurredAt: acceptedAt,
      payload: Buffer.from(JSON.stringify({ MessageID: n, email: "ada@example.com", note: "x".repeat(200) })),
      delivered: { [endpoints[n % endpoints.length] ?? ""]: result },
      parked: {},
      withheld: {},
      resentTo: [],
      keptUntil: now + KEPT_MS,
    };
  };
  const writer = async () => {
    while (left > 0) {
      const to = left;
      left -= BATCH;
      const batch = Array.from({ length: Math.min(BATCH, to) }, (_, n) => itemOf(eventAt(to - 1 - n)));
      await writeItems(
        table,
        batch.map((Item) => ({ PutRequest: { Item } })),
      );
    }
  };
  await Promise.all(Array.from({ length: writers }, writer));
}

/** The counters of a day in which the busiest endpoints had traffic in each window of five minutes. */
export async function writeCounters(table: Table, account: string, endpoints: readonly string[]): Promise<void> {
  const names = endpoints.slice(0, NAMED_ENDPOINTS).map((id) => id.slice("ep_".length));
  const counters = Object.fromEntries([
    ...TYPES.map((type) => [`type#${type}`, 900]),
    ...["delivered", "failed", "deliveredLater"].map((outcome) => [`outcome#${outcome}`, 1_000]),
    ...[...names, "*"].flatMap((name) => [
      [`ep.delivered#${name}`, 150],
      [`ep.failed#${name}`, 5],
      ...RESPONSE_BOUNDS.map((bound) => [`ep.${bound}#${name}`, 38]),
    ]),
  ]);
  const first = Math.floor((Date.now() - DAY_MS) / WINDOW_MS) * WINDOW_MS;
  for (let at = first; at <= Date.now(); at += WINDOW_MS) {
    const Item = { ...keys.stats("events", account, at), ...counters, expiresAt: Math.ceil((at + KEPT_MS) / 1_000) };
    await table.client.send(new PutCommand({ TableName: table.name, Item }));
  }
}

/** Makes an endpoint failing, with pending deliveries. */
export async function makeFailing(table: Table, account: string, endpoint: string, pending: number): Promise<void> {
  const now = Date.now();
  await dynamoStates(table).update(endpoint, {
    set: { status: "failing", statusReason: { code: "attempts_failed", attempts: 5 }, statusSince: now, streak: 5 },
  });
  const deliveries = Array.from({ length: pending }, () => ({
    endpoint,
    account,
    eventId: newId("evt", now, random.next),
    type: "email.opened",
    failures: 1,
    firstFailedAt: now,
    dueAt: now + DAY_MS,
    attempts: [
      {
        startedAt: now,
        outcome: "http_status" as const,
        durationMs: 40,
        answer: { status: 503, headers: {}, isTruncated: false },
      },
    ],
    keptUntil: now + KEPT_MS,
  }));
  await dynamoDeliveries(table).addNewToBacklog(deliveries);
}
