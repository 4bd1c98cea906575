import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GetQueueAttributesCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settledMessages } from "../../local/emulator/triggers/sqs-event.ts";
import { startSmallApp } from "./small-app.ts";

const released = join(mkdtempSync(join(tmpdir(), "rappel-slow-")), "released");
const WORKER = `
import { existsSync } from "node:fs";
export const handler = async ({ Records }) => {
  const batchItemFailures = [];
  for (const record of Records) {
    console.log(JSON.stringify(record));
    while (record.body === "slow" && !existsSync(${JSON.stringify(released)}))
      await new Promise((resolve) => setTimeout(resolve, 20));
    if (record.body.startsWith("fail")) batchItemFailures.push({ itemIdentifier: record.messageId });
    if (record.body === "throw") throw new Error("the whole batch");
  }
  return { batchItemFailures };
};`;

let app: Awaited<ReturnType<typeof startSmallApp>>;
beforeAll(async () => {
  app = await startSmallApp({ worker: WORKER });
});
afterAll(async () => {
  await app.stop();
  rmSync(dirname(released), { recursive: true });
});

const send = (body: string) => app.client.send(new SendMessageCommand({ QueueUrl: app.queueUrl, MessageBody: body }));
const seen = (body: string) => app.lines.map((line) => JSON.parse(line)).filter((record) => record.body === body);
async function until(isSo: () => boolean | Promise<boolean>) {
  const end = Date.now() + 120_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error("It never came to be");
    await sleep(20);
  }
}
async function count(url: string) {
  const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
  const { Attributes } = await app.client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...AttributeNames] }),
  );
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
}

describe("a queue with a function", () => {
  it("records have Lambda's format, and successful ones are deleted", async () => {
    await send("fine");
    await until(() => seen("fine").length === 1);
    expect(seen("fine")[0]).toMatchObject({
      body: "fine",
      attributes: { ApproximateReceiveCount: "1", SentTimestamp: expect.stringMatching(/^\d{13}$/) },
      messageAttributes: {},
      md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:small-Queue",
      awsRegion: "us-east-1",
    });
    await until(async () => (await count(app.queueUrl)) === 0);
  });
  it("failed records come again until they reach the dead-letter queue", async () => {
    await Promise.all([send("fail"), send("beside")]);
    await until(async () => (await count(app.deadLettersUrl)) === 1);
    expect(seen("fail").map(({ attributes }) => attributes.ApproximateReceiveCount)).toEqual(["1", "2", "3"]);
    expect(seen("beside")).toHaveLength(1);
    expect(await count(app.queueUrl)).toBe(0);
  });
  it("the whole batch comes again if the function throws", async () => {
    await send("throw");
    await until(async () => (await count(app.deadLettersUrl)) === 2);
    expect(seen("throw")).toHaveLength(3);
    expect(app.failures).toEqual(["thrown", "thrown", "thrown"]);
  });
  it("the next batch does not wait for a slow one", async () => {
    await send("slow");
    await until(() => seen("slow").length === 1);
    await send("quick");
    await until(() => seen("quick").length === 1);
    // Only now, because a test that waited for the slow batch would never end.
    writeFileSync(released, "");
    await until(async () => (await count(app.queueUrl)) === 0);
  });
});

describe("the answer to a batch", () => {
  const messages = ["a", "b"].map((MessageId) => ({ MessageId }));
  const settled = (json: string | undefined, isPartial = true) =>
    settledMessages(messages, { kind: "answered", json }, isPartial).map(({ MessageId }) => MessageId);

  it("an answer without failures acknowledges all records", () => {
    for (const json of [undefined, "null", "{}", '{"batchItemFailures":[]}', '{"batchItemFailures":null}']) {
      expect([json, settled(json)]).toEqual([json, ["a", "b"]]);
    }
  });
  it("an answer with a failure acknowledges the other records", () => {
    expect(settled('{"batchItemFailures":[{"itemIdentifier":"a"}]}')).toEqual(["b"]);
  });
  it("a malformed answer or an unknown id acknowledges no record", () => {
    for (const failure of [
      '{"itemIdentifier":""}',
      '{"itemIdentifier":"c"}',
      '{"id":"a"}',
      '{"itemIdentifier":null}',
    ]) {
      expect([failure, settled(`{"batchItemFailures":[${failure}]}`)]).toEqual([failure, []]);
    }
  });
  it("the answer is ignored if partial failures were not requested", () => {
    expect(settled('{"batchItemFailures":[{"itemIdentifier":"a"}]}', false)).toEqual(["a", "b"]);
  });
});
