import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { sqsEventQueue } from "../../lambdas/adapters/aws/event-queue.ts";
import { schedulerTimer } from "../../lambdas/adapters/aws/timer.ts";
import { listView } from "../../lambdas/http/views/common-views.ts";
import { deliveryView } from "../../lambdas/http/views/delivery-views.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { LOCAL } from "../../local/emulator/engines/aws-clients.ts";
import { AWS, at, EMOJI, ENDPOINTS, largest, longestAttempts, NAMES, payloadOf, random } from "./largest.ts";

const Entries = z.object({ Entries: z.array(z.object({ MessageBody: z.string(), MessageGroupId: z.string() })) });

describe("messages to SQS", () => {
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
    ["with four bytes each, which take twelve in a message", EMOJI],
    ["that SQS does not accept unescaped", "\uffff"],
    ["that are escaped twice in JSON", "\\\\"],
    ["with one byte each", "x"],
  ])("messages stay within SQS's limits for the largest payloads of characters %s", async (_, unit) => {
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

  it("a batch is filled up to the limit, and the rest goes into another batch", async () => {
    sent.length = 0;
    await send(
      Array.from({ length: 4 }, () => largest(payloadOf("x"))),
      false,
    );
    expect(sent.map(({ length }) => length)).toEqual([3, 1]);
  });
});

describe("schedules", () => {
  it("a schedule's name and input stay within AWS's limits", async () => {
    const requests: { Name: string; GroupName: string; Target: { Input: string } }[] = [];
    const scheduler = new SchedulerClient({ region: LOCAL.region });
    scheduler.middlewareStack.add(
      () =>
        async ({ input }) => {
          requests.push(Object(input));
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
    expect(requests).toHaveLength(1);
    expect(requests[0]?.Name).toMatch(AWS.scheduleName);
    expect(requests[0]?.GroupName).toMatch(AWS.scheduleName);
    // The input becomes a message of SQS.
    expect(Buffer.byteLength(requests[0]?.Target.Input ?? "")).toBeLessThanOrEqual(AWS.sqsBytes);
  });
});

describe("answers of a function", () => {
  it("a page of the largest deliveries stays within Lambda's response limit", () => {
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
      const body = JSON.stringify(
        listView({ items, next: items[0]?.delivery.eventId ?? "" }, (each) => deliveryView(each, ["read"])),
      );
      // Lambda's answer is JSON again, with the body as a string.
      const answered = JSON.stringify({
        statusCode: 200,
        headers: { "content-type": "application/json" },
        body,
        isBase64Encoded: false,
      });
      expect(Buffer.byteLength(answered), character).toBeLessThanOrEqual(AWS.invocationBytes);
    }
  });

  it("the largest request in base64 stays within Lambda's request limit", () => {
    expect(Math.ceil(LIMITS.requestBytes / 3) * 4 + 64 * 1_024).toBeLessThanOrEqual(AWS.invocationBytes);
  });
});
