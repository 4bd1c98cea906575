import { createSecretKey, type KeyObject } from "node:crypto";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { sqsEventQueue } from "../../lambdas/adapters/aws/event-queue.ts";
import { schedulerTimer } from "../../lambdas/adapters/aws/timer.ts";
import { dynamoClaims } from "../../lambdas/adapters/dynamodb/claims.ts";
import { dynamoDeliveries } from "../../lambdas/adapters/dynamodb/deliveries.ts";
import { dynamoEndpoints } from "../../lambdas/adapters/dynamodb/endpoints.ts";
import { dynamoEventLog } from "../../lambdas/adapters/dynamodb/event-log.ts";
import { openTable, type Table } from "../../lambdas/adapters/dynamodb/table.ts";
import type { Vault } from "../../lambdas/adapters/dynamodb/vault.ts";
import { KEPT_HEADERS } from "../../lambdas/adapters/net/response.ts";
import type { Attempt } from "../../lambdas/delivery/model/attempt.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { deliveryView, listView } from "../../lambdas/http/views/views.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { NONCE_BYTES, open, seal } from "../../lambdas/shared/sealing.ts";
import { dynamodbClient, LOCAL } from "../../local/emulator/engines/aws-clients.ts";
import { startDynamodb } from "../../local/emulator/engines/dynamodb.ts";
import { itemBytes } from "../../local/emulator/usage-meter/item-bytes.ts";
import { memoryClock, seededRandom } from "../../local/simulator/memory/clock.ts";
import { createTable } from "../contract/table.ts";
import { endpointWith, eventWith } from "../support/examples.ts";

/** AWS's limits, read on 2026-11-22. */
const AWS = {
  /** One message, and one batch. docs.aws.amazon.com, SQS API reference, SendMessageBatch. */
  sqsBytes: 1_048_576,
  /** SQS: `MessageGroupId`. docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
  groupIdChars: 128,
  /** One item, names and values. docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
  itemBytes: 400 * 1_024,
  partitionKeyBytes: 2_048,
  sortKeyBytes: 1_024,
  /** A schedule's name. docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
  scheduleName: /^[0-9a-zA-Z-_.]{1,64}$/,
  /** What a function is given, and answers. docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  invocationBytes: 6 * 1_024 * 1_024,
} as const;

const Entries = z.object({ Entries: z.array(z.object({ MessageBody: z.string(), MessageGroupId: z.string() })) });
const { next: random, bytes } = seededRandom(7);
const at = Date.UTC(2026, 10, 22);
const NEVER = Date.UTC(2126, 0);
const EMOJI = "\u{1F600}";
const payloadOf = (unit: string) =>
  Buffer.from(`"${unit.repeat(Math.floor((LIMITS.payloadBytes - 2) / Buffer.byteLength(unit)))}"`);
/** An account's, a type's and a producer's names, as long as they may be. */
const NAMES = { account: "a".repeat(64), type: "t".repeat(128), eventId: "e".repeat(255) };
const largest = (payload: Buffer) =>
  eventWith({ ...NAMES, payload, id: newId("evt", at, random), acceptedAt: at, occurredAt: at - 1 });
const ENDPOINTS = Array.from({ length: LIMITS.endpointsPerAccountMax }, () => newId("ep", at, random));

describe("what goes to SQS", () => {
  const sent: { MessageBody: string; MessageGroupId: string }[][] = [];
  const client = new SQSClient({ region: LOCAL.region });
  client.middlewareStack.add(
    () =>
      async ({ input }) => {
        sent.push(Entries.parse(input).Entries);
        return { output: { $metadata: {}, Successful: [], Failed: [] }, response: {} };
      },
    { step: "initialize" },
  );
  const { send } = sqsEventQueue(client, "https://sqs.us-east-1.amazonaws.com/000000000000/events");

  it.each([
    ["four bytes each, which travel as twelve", EMOJI],
    ["that SQS does not take as they are", "\uffff"],
    ["that are escaped in JSON, and once more", "\\\\"],
    ["of one byte", "x"],
  ])("is never more than it takes, with payloads as large as may be, of characters %s", async (_, unit) => {
    sent.length = 0;
    const events = Array.from({ length: 20 }, () => largest(payloadOf(unit)));
    await send(events, true);
    expect(sent.flat()).toHaveLength(20);
    for (const batch of sent) {
      const sizes = batch.map(({ MessageBody, MessageGroupId }) => Buffer.byteLength(MessageBody + MessageGroupId));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(AWS.sqsBytes);
      expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(AWS.sqsBytes);
      expect(batch.length).toBeLessThanOrEqual(10);
    }
    expect(Math.max(...sent.flat().map(({ MessageGroupId }) => MessageGroupId.length))).toBeLessThanOrEqual(
      AWS.groupIdChars,
    );
  });

  it("fills a batch to less than the limit, and begins another for what does not fit", async () => {
    sent.length = 0;
    await send(
      Array.from({ length: 4 }, () => largest(payloadOf("x"))),
      false,
    );
    expect(sent.map(({ length }) => length)).toEqual([3, 1]);
  });
});

describe("what goes to the table", () => {
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

  /** The items whose partition begins so, as they are stored. */
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
  /** As the functions seal. */
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

  it("is an event of any payload, with the results of all endpoints that there may be", async () => {
    const log = dynamoEventLog(table, memoryClock());
    const result = { code: "tls_certificate_untrusted", durationMs: 30_000, at, dueAt: at + 86_400_000 } as const;
    const results = Object.fromEntries(ENDPOINTS.map((id) => [id, result]));
    const event = largest(Buffer.from(bytes(LIMITS.payloadBytes))); // which no deflating makes smaller
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

  it("is a delivery with as many attempts as are kept, each with the longest answer", async () => {
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
    await deliveries.park(pending);
    await deliveries.recordOutcome({ ...pending, status: "exhausted", reason: "schedule", endedAt: at });
    expectToFit([...(await stored("BACKLOG#")), ...(await stored("EVENT#"))], 2);
  });

  it("is an endpoint that uses all that it may", async () => {
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

  it("is a claim under the longest key, and an event's longest name", async () => {
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

describe("what goes to the Scheduler", () => {
  it("has a name and an input that it takes", async () => {
    const asked: { Name: string; GroupName: string; Target: { Input: string } }[] = [];
    const scheduler = new SchedulerClient({ region: LOCAL.region });
    scheduler.middlewareStack.add(
      () =>
        async ({ input }) => {
          asked.push(Object(input));
          return { output: { $metadata: {} }, response: {} };
        },
      { step: "initialize" },
    );
    const timer = schedulerTimer({
      scheduler,
      sqs: new SQSClient({ region: LOCAL.region }),
      wakesQueueUrl: "https://sqs.us-east-1.amazonaws.com/000000000000/wakes",
      wakesQueueArn: "arn:aws:sqs:us-east-1:000000000000:wakes",
      roleArn: "arn:aws:iam::000000000000:role/scheduler",
      groupName: `rappel-${"s".repeat(16)}`,
      clock: { now: () => at },
      report: { scheduleRefused: () => expect.unreachable() },
    });
    await timer.set({ endpoint: newId("ep", at, random), wakeAt: at + 86_400_000 * 365 });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.Name).toMatch(AWS.scheduleName);
    expect(asked[0]?.GroupName).toMatch(AWS.scheduleName);
    // It becomes a message of SQS.
    expect(Buffer.byteLength(asked[0]?.Target.Input ?? "")).toBeLessThanOrEqual(AWS.sqsBytes);
  });
});

describe("what a function answers", () => {
  it("is never more than Lambda hands on: a page of deliveries with the longest answers that receivers can give", () => {
    for (const character of ['"', "\u0001", "é"]) {
      const items = Array.from({ length: LIMITS.pageMax }, () => ({
        delivery: {
          endpoint: ENDPOINTS[0] ?? "",
          ...NAMES,
          eventId: newId("evt", at, random),
          status: "pending" as const,
          dueAt: at,
          attempts: longestAttempts(character),
        },
        endpoint: undefined,
        state: undefined,
      }));
      const body = JSON.stringify(listView({ items, next: items[0]?.delivery.eventId ?? "" }, deliveryView));
      // Lambda's answer is JSON once more, with the body as a string in it.
      const answered = JSON.stringify({
        statusCode: 200,
        headers: { "content-type": "application/json" },
        body,
        isBase64Encoded: false,
      });
      expect(Buffer.byteLength(answered), character).toBeLessThanOrEqual(AWS.invocationBytes);
    }
  });

  it("and is given, is the largest request in base64 and all around it", () => {
    expect(Math.ceil(LIMITS.requestBytes / 3) * 4 + 64 * 1_024).toBeLessThanOrEqual(AWS.invocationBytes);
  });
});

/** As many as are kept; of a receiver that fills every header that is kept, and its last answer's body, with one character. */
function longestAttempts(character: string): Attempt[] {
  const isHeader = character !== "\u0001";
  return Array.from({ length: LIMITS.attemptsKept }, (_, n) => ({
    outcome: "http_status",
    startedAt: at,
    durationMs: 30_000,
    answer: {
      status: 503,
      body: Buffer.from(character.repeat(n === LIMITS.attemptsKept - 1 ? LIMITS.responseKeptBytes : 0)).subarray(
        0,
        LIMITS.responseKeptBytes,
      ),
      isTruncated: true,
      headers: isHeader
        ? Object.fromEntries(KEPT_HEADERS.map((name) => [name, character.repeat(LIMITS.keptHeaderChars)]))
        : {},
    },
  }));
}
