import { setTimeout as sleep } from "node:timers/promises";
import { GetQueueAttributesCommand, SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startSmallApp } from "./small-app.ts";

const BATCHES = 20;
/** Each message takes 20 ms of computing. */
const WORKER = `
export const handler = async ({ Records }) => {
  for (const record of Records) {
    const until = Date.now() + 20;
    while (Date.now() < until);
    console.log(JSON.stringify(record.body));
    await new Promise((resolve) => setImmediate(resolve));
  }
};`;

let app: Awaited<ReturnType<typeof startSmallApp>>;
beforeAll(async () => {
  app = await startSmallApp({ worker: WORKER });
});
afterAll(() => app.stop());

it("a queue keeps messages while its function is busy, and delivers them afterwards", async () => {
  const batch = Array.from({ length: 10 }, (_, n) => ({ Id: String(n), MessageBody: String(n) }));
  const sends = Array.from({ length: BATCHES }, () =>
    app.client.send(new SendMessageBatchCommand({ QueueUrl: app.queueUrl, Entries: batch })),
  );
  await Promise.all(sends);
  let most = 0;
  const AttributeNames = ["ApproximateNumberOfMessagesNotVisible" as const];
  for (const end = Date.now() + 200_000; app.lines.length < BATCHES * 10 && Date.now() < end; await sleep(20)) {
    const { Attributes } = await app.client.send(
      new GetQueueAttributesCommand({ QueueUrl: app.queueUrl, AttributeNames }),
    );
    most = Math.max(most, Number(Attributes?.ApproximateNumberOfMessagesNotVisible));
  }
  expect(app.lines.length).toBeGreaterThanOrEqual(BATCHES * 10);
  expect(most).toBeLessThanOrEqual(60);
});
