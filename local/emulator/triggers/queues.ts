import { CreateQueueCommand, GetQueueUrlCommand, SetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { messagesIn } from "../../../lambdas/adapters/aws/queue-depths.ts";
import { arnOf, nameOf } from "../template/names.ts";
import type { Resource, Resources } from "../template/template.ts";

const Queue = z.object({
  VisibilityTimeout: z.number().optional(),
  MessageRetentionPeriod: z.number().optional(),
  DelaySeconds: z.number().optional(),
  MaximumMessageSize: z.number().optional(),
  ReceiveMessageWaitTimeSeconds: z.number().optional(),
  RedrivePolicy: z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.number() }).optional(),
});

/** Creates the templates' queues that do not exist yet, and sets the attributes of all of them. */
export async function createQueues(client: SQSClient, resources: Resources): Promise<void> {
  const queues = resources.all.filter(({ type }) => type === "AWS::SQS::Queue");
  await Promise.all(
    queues.map(async (resource) => {
      const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: nameOf(resource) }));
      // A separate call, because CreateQueue fails for an existing queue with different attributes.
      await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: attributesOf(resources, resource) }));
    }),
  );
}

/** The dead-letter queues that hold messages, with their number. */
export async function deadLettersIn(
  client: SQSClient,
  { all, resolve }: Resources,
): Promise<{ readonly queue: string; readonly messages: number }[]> {
  const policies = all
    .filter(({ type }) => type === "AWS::SQS::Queue")
    .flatMap(({ stack, properties }) => Queue.parse(resolve(stack, properties)).RedrivePolicy ?? []);
  const dead = all.filter((resource) =>
    policies.some(({ deadLetterTargetArn }) => deadLetterTargetArn === arnOf(resource)),
  );
  const counts = await Promise.all(
    dead.map(async (resource) => {
      const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: nameOf(resource) }));
      const messages = await messagesIn(client, QueueUrl ?? "");
      return { queue: nameOf(resource), messages };
    }),
  );
  return counts.filter(({ messages }) => messages > 0);
}

function attributesOf({ resolve }: Resources, { stack, properties }: Resource): Record<string, string> {
  const { RedrivePolicy, ...numbers } = Queue.parse(resolve(stack, properties));
  const attributes = Object.entries(numbers).map(([name, value]) => [name, String(value)] as const);
  return {
    ...Object.fromEntries(attributes),
    ...(RedrivePolicy ? { RedrivePolicy: JSON.stringify(RedrivePolicy) } : {}),
  };
}
