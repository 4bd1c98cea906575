import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, expect, it } from "vitest";
import { LOCAL, sqsClient } from "../../local/emulator/engines/aws-clients.ts";
import { startSqs } from "../../local/emulator/engines/sqs.ts";

const folder = mkdtempSync(join(tmpdir(), "rappel-in-flight-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("a message whose receive was interrupted by a stop is received at once after the restart, and is not a dead letter", async () => {
  const counts: (string | undefined)[] = [];
  for (let start = 0; start < 5; start++) {
    const sqs = await startSqs(folder);
    const client = sqsClient({ dynamodb: "", sqs: sqs.url });
    const queue = (name: string) => `${sqs.url}/${LOCAL.account}/${name}`;
    if (start === 0) {
      await client.send(new CreateQueueCommand({ QueueName: "dead" }));
      const deadLetterTargetArn = `arn:aws:sqs:${LOCAL.region}:${LOCAL.account}:dead`;
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 });
      const Attributes = { RedrivePolicy, VisibilityTimeout: "360" };
      await client.send(new CreateQueueCommand({ QueueName: "live", Attributes }));
      await client.send(new SendMessageCommand({ QueueUrl: queue("live"), MessageBody: "1" }));
    }
    const receive = { WaitTimeSeconds: 3, MessageSystemAttributeNames: ["ApproximateReceiveCount" as const] };
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl: queue("live"), ...receive }));
    counts.push(Messages?.[0]?.Attributes?.ApproximateReceiveCount);
    client.destroy();
    await sqs.stop();
  }
  expect(counts).toEqual(["1", "2", "2", "2", "2"]);
});
