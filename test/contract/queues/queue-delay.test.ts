import { SQSClient } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import * as z from "zod";
import { sqsEventQueue } from "../../../lambdas/adapters/aws/event-queue.ts";
import { LOCAL } from "../../../local/emulator/engines/aws-clients.ts";
import { eventWith } from "../../support/examples.ts";

const Sent = z.object({ Entries: z.array(z.object({ DelaySeconds: z.number().optional() })) });

it("a delay is rounded up to whole seconds and limited to SQS's maximum of 900 s", async () => {
  const delays: (number | undefined)[] = [];
  const client = new SQSClient({ region: LOCAL.region });
  client.middlewareStack.add(
    () =>
      async ({ input }) => {
        delays.push(...Sent.parse(input).Entries.map(({ DelaySeconds }) => DelaySeconds));
        return { output: { $metadata: {}, Successful: [], Failed: [] }, response: {} };
      },
    { step: "initialize" },
  );
  const { send } = sqsEventQueue(client, "https://sqs.us-east-1.amazonaws.com/000000000000/events");
  for (const delayMs of [undefined, 0, 1, 58_000, 58_001, 10_000_000]) await send([eventWith()], true, delayMs);
  expect(delays).toEqual([undefined, undefined, 1, 58, 59, 900]);
});
