import { createSecretKey, type KeyObject } from "node:crypto";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dynamoClaims } from "../../lambdas/adapters/dynamodb/claims.ts";
import { dynamoDeliveries } from "../../lambdas/adapters/dynamodb/deliveries.ts";
import { dynamoEndpoints } from "../../lambdas/adapters/dynamodb/endpoints.ts";
import { dynamoEventLog } from "../../lambdas/adapters/dynamodb/event-log.ts";
import { openTable, type Table } from "../../lambdas/adapters/dynamodb/table/table.ts";
import type { Vault } from "../../lambdas/adapters/dynamodb/vault.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { NONCE_BYTES, open, seal } from "../../lambdas/shared/sealing.ts";
import { dynamodbClient } from "../../local/emulator/engines/aws-clients.ts";
import { startDynamodb } from "../../local/emulator/engines/dynamodb.ts";
import { itemBytes } from "../../local/emulator/usage-meter/item-bytes.ts";
import { memoryClock } from "../../local/simulator/memory/clock.ts";
import { createTable } from "../contract/table.ts";
import { endpointWith } from "../support/examples.ts";
import { AWS, at, bytes, EMOJI, ENDPOINTS, largest, longestAttempts, NAMES, NEVER, random } from "./largest.ts";

describe("items in the table", () => {
  let table: Table;
  let stop = async () => {};
  beforeAll(async () => {
    const engine = await startDynamodb();
    const client = dynamodbClient({ dynamodb: engine.url, sqs: "" });
    const name = `sizes-${crypto.randomUUID()}`;
    await createTable(client, name);
    table = openTable(name, client);
    stop = engine.stop;
  });
  afterAll(() => stop());

  /** The stored items whose partition key begins with this prefix. */
  async function stored(prefix: string) {
    const { Items = [] } = await table.client.send(
      new ScanCommand({
        TableName: table.name,
        FilterExpression: "begins_with(pk, :prefix)",
        ExpressionAttributeValues: { ":prefix": { S: prefix } },
      }),
    );
    return Items.map((item) => {
      const text = JSON.stringify(item, (_, value) =>
        value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
      );
      return { bytes: itemBytes(JSON.parse(text)), pk: item["pk"]?.S ?? "", sk: item["sk"]?.S ?? "" };
    });
  }
  /** Seals as the functions do. */
  function sealingWith(key: KeyObject): Vault {
    return {
      seal: async (text, owner) => seal(key, text, owner, bytes(NONCE_BYTES)),
      open: async (sealed, owner) => open(key, sealed, owner),
    };
  }
  function expectToFit(items: Awaited<ReturnType<typeof stored>>, most = 1) {
    expect(items.length).toBeGreaterThanOrEqual(most);
    for (const { bytes: size, pk, sk } of items) {
      expect(size).toBeLessThanOrEqual(AWS.itemBytes);
      expect(Buffer.byteLength(pk)).toBeLessThanOrEqual(AWS.partitionKeyBytes);
      expect(Buffer.byteLength(sk)).toBeLessThanOrEqual(AWS.sortKeyBytes);
    }
  }

  it("a logged event fits into an item with the largest payload and results of the most endpoints", async () => {
    const log = dynamoEventLog(table, memoryClock());
    const result = { code: "tls_certificate_untrusted", durationMs: 30_000, at, dueAt: at + 86_400_000 } as const;
    const results = Object.fromEntries(ENDPOINTS.map((id) => [id, result]));
    const event = largest(Buffer.from(bytes(LIMITS.payloadBytes))); // random bytes, which cannot be compressed
    await log.add({
      ...event,
      delivered: {},
      parked: results,
      withheld: {},
      resentTo: [],
      keptUntil: NEVER,
      about: ENDPOINTS[0] ?? "",
    });
    await log.noteResent(event.account, event.id, ENDPOINTS);
    const items = await stored("LOG#");
    expect(Math.max(...items.map((item) => item.bytes))).toBeGreaterThan(LIMITS.payloadBytes);
    expectToFit(items);
  });

  it("a delivery fits into an item with the most attempts and the longest answers", async () => {
    const deliveries = dynamoDeliveries(table);
    const id = newId("evt", at, random);
    const pending = {
      endpoint: ENDPOINTS[0] ?? "",
      ...NAMES,
      eventId: id,
      failures: 100,
      keptUntil: NEVER,
      dueAt: at,
      attempts: longestAttempts("é"),
    };
    await deliveries.addToBacklog(pending);
    await deliveries.recordOutcome({ ...pending, status: "exhausted", reason: "schedule", endedAt: at });
    expectToFit([...(await stored("BACKLOG#")), ...(await stored("EVENT#"))], 2);
  });

  it("an endpoint fits into an item with all fields at their limits", async () => {
    const vault = sealingWith(createSecretKey(bytes(32)));
    const text = (chars: number) => EMOJI.repeat(chars / 2);
    const endpoint = endpointWith({
      account: NAMES.account,
      url: `https://example.com/${"x".repeat(LIMITS.urlChars - 20)}`,
      description: text(LIMITS.descriptionChars),
      eventTypes: Array(LIMITS.eventTypesPerEndpoint).fill(NAMES.type),
      headers: Object.fromEntries(
        Array.from({ length: LIMITS.headersPerEndpoint }, (_, n) => [
          `${"h".repeat(60)}${n}`,
          "v".repeat(LIMITS.headerValueChars),
        ]),
      ),
      metadata: Object.fromEntries(
        Array.from({ length: LIMITS.metadataEntries }, (_, n) => [
          `${"m".repeat(60)}${n}`,
          text(LIMITS.metadataValueChars),
        ]),
      ),
      retrySchedule: Array(LIMITS.scheduleWaitsMax).fill({ times: 1, everyMs: LIMITS.scheduleWaitMsMax }),
    });
    await dynamoEndpoints(table, vault).add(endpoint, newState(endpoint.id, endpoint.account, at));
    expectToFit([...(await stored("ACCOUNT#")), ...(await stored("STATE#"))], 2);
  });

  it("a claim fits into an item with the longest key and eventId", async () => {
    const claims = dynamoClaims(table);
    await claims.claim({
      owner: NAMES.account,
      key: "~".repeat(255),
      hash: "h".repeat(64),
      acceptedAt: at,
      seed: "s".repeat(22),
      claimedAt: at,
      isDone: false,
    });
    await claims.claimEventId({ ...NAMES, id: newId("evt", at, random), hash: "h".repeat(64) }, at);
    expectToFit([...(await stored("IDEM#")), ...(await stored("NAMED#"))], 2);
  });
});
