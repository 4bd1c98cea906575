import { randomUUID } from "node:crypto";
import { CreateScheduleGroupCommand } from "@aws-sdk/client-scheduler";
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { vi } from "vitest";
import * as z from "zod";
import { createKey } from "../../lambdas/accounts/create-key.ts";
import { SCOPES } from "../../lambdas/accounts/model/key.ts";
import { clock, random } from "../../lambdas/adapters/aws/clock-and-random.ts";
import { dynamoAccounts } from "../../lambdas/adapters/dynamodb/accounts.ts";
import { dynamoKeys } from "../../lambdas/adapters/dynamodb/keys.ts";
import { openTable, type Table } from "../../lambdas/adapters/dynamodb/table/table.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import {
  allAt,
  dynamodbClient,
  LOCAL,
  schedulerClient,
  sdkEnvironment,
  sqsClient,
} from "../../local/emulator/engines/aws-clients.ts";
import { startDynamodb } from "../../local/emulator/engines/dynamodb.ts";
import { startKms } from "../../local/emulator/engines/kms.ts";
import { startSqs } from "../../local/emulator/engines/sqs.ts";
import { startScheduler } from "../../local/emulator/scheduler/scheduler.ts";
import { settledMessages, toSqsEvent } from "../../local/emulator/triggers/sqs-event.ts";
import type { Faults } from "../../local/emulator/usage-meter/fault.ts";
import { startUsageMeter } from "../../local/emulator/usage-meter/usage-meter.ts";
import { createTable } from "../contract/table.ts";

const HttpAnswer = z.object({ statusCode: z.number(), headers: z.record(z.string(), z.string()), body: z.string() });
const Failures = z.object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })) });
const FUNCTION_MS = 60_000;
/** Ours: shorter than the functions' 20 s to keep the tests short, and long enough for three tries. */
const SHORTER: Partial<Record<keyof typeof LIMITS, number>> = { storeRetryMs: 2_500 };

/** An answer to API Gateway. */
export type HttpAnswer = z.infer<typeof HttpAnswer>;
type QueueName = "events" | "wakes" | "events-dead" | "wakes-dead";

/** The functions' handlers in this process, with their SDK clients on the local engines and without pollers. */
export interface Handlers {
  /** The table without faults. */
  readonly table: Table;
  readonly sqs: SQSClient;
  queueUrl(queue: QueueName): string;
  queueArn(queue: QueueName): string;
  http(name: "accept" | "api", event: unknown): Promise<HttpAnswer>;
  /** @returns the ids of the messages that return to the queue */
  sqsFed(name: "dispatch" | "wake", event: unknown): Promise<string[]>;
  sweep(event: unknown): Promise<unknown>;
  /** Receives once and invokes the function. Settled messages are deleted, the others are visible again at once. */
  turn(queue: "events" | "wakes"): Promise<{ readonly received: number; readonly failed: number }>;
  /** A new key of an account, as an `Authorization` header. */
  authorization(account: string): Promise<string>;
  stop(): Promise<void>;
}

/**
 * @param faults replaces answers of AWS
 * @param functionMs the duration of an invocation; a round that fails holds its endpoint for 10 s more
 */
export async function openHandlers(faults: Faults = () => undefined, functionMs = FUNCTION_MS): Promise<Handlers> {
  const [dynamodb, sqs, kms, meter] = await Promise.all([
    startDynamodb(),
    startSqs(),
    startKms(),
    startUsageMeter(faults),
  ]);
  // A new name, because an external engine may hold tables of other runs.
  const tableName = `handlers-${randomUUID()}`;
  const scheduler = await startScheduler({ sqsUrl: sqs.url });
  const urls = { dynamodb: dynamodb.url, sqs: sqs.url, scheduler: scheduler.url, kms: kms.url };
  meter.forwardTo(urls);
  const own = { tables: dynamodbClient(urls), queues: sqsClient(urls), schedules: schedulerClient(urls) };
  await createTable(own.tables, tableName);
  for (const QueueName of ["events", "wakes", "events-dead", "wakes-dead"])
    await own.queues.send(new CreateQueueCommand({ QueueName }));
  await own.schedules.send(new CreateScheduleGroupCommand({ Name: "rappel" }));
  const queueUrl = (queue: QueueName) => `${sqs.url}/${LOCAL.account}/${queue}`;
  const queueArn = (queue: QueueName) => `arn:aws:sqs:${LOCAL.region}:${LOCAL.account}:${queue}`;
  const environment = {
    ...sdkEnvironment(allAt(meter.url)),
    TABLE_NAME: tableName,
    SHARDS: "8",
    EVENTS_QUEUE_URL: `${meter.url}/${LOCAL.account}/events`,
    WAKES_QUEUE_URL: `${meter.url}/${LOCAL.account}/wakes`,
    EVENTS_DEAD_LETTERS_URL: `${meter.url}/${LOCAL.account}/events-dead`,
    WAKES_DEAD_LETTERS_URL: `${meter.url}/${LOCAL.account}/wakes-dead`,
    WAKES_QUEUE_ARN: queueArn("wakes"),
    SCHEDULER_ROLE_ARN: `arn:aws:iam::${LOCAL.account}:role/scheduler`,
    SCHEDULE_GROUP: "rappel",
    SCHEDULER_FROM_SECONDS: "10",
    OPERATOR_ACCOUNT: "operator",
    SEALING_KEY_ARN: `arn:aws:kms:${LOCAL.region}:${LOCAL.account}:key/sealing`,
    EARLY_PROBE_SECONDS: "300",
    FAILURE_RATE_PERCENT: "60",
    FAILURE_RATE_MINUTES: "15",
    FAILURE_RATE_MIN_EMAILS: "100",
    NOT_YET_LOGGED_SECONDS: "900",
    RETRY_SCHEDULE: "standard",
    CONSOLE_FRAME_ANCESTORS: "'none'",
    ALLOW_LOOPBACK: "true",
    HTTPS_ONLY: "false",
    POWERTOOLS_LOG_LEVEL: "SILENT",
    POWERTOOLS_METRICS_DISABLED: "true",
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  vi.doMock("../../lambdas/shared/limits.ts", () => ({ LIMITS: { ...LIMITS, ...SHORTER } }));
  const [accept, api, dispatch, wake, sweep] = await Promise.all([
    import("../../lambdas/accept.ts"),
    import("../../lambdas/api.ts"),
    import("../../lambdas/dispatch.ts"),
    import("../../lambdas/wake.ts"),
    import("../../lambdas/sweep.ts"),
  ]);
  const context = () => {
    const deadlineAt = Date.now() + functionMs;
    return { getRemainingTimeInMillis: () => deadlineAt - Date.now() };
  };
  const table = openTable(tableName, own.tables);
  const fed = async (name: "dispatch" | "wake", event: unknown) =>
    Failures.parse(await (name === "dispatch" ? dispatch : wake).handler(event, context())).batchItemFailures;

  return {
    table,
    sqs: own.queues,
    queueUrl,
    queueArn,
    http: async (name, event) => HttpAnswer.parse(await (name === "accept" ? accept : api).handler(event)),
    sqsFed: async (name, event) => (await fed(name, event)).map(({ itemIdentifier }) => itemIdentifier),
    sweep: (event) => Reflect.apply(sweep.handler, undefined, [event]),
    turn: async (queue) => {
      const QueueUrl = queueUrl(queue);
      const command = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ["All"],
      });
      const { Messages = [] } = await own.queues.send(command);
      if (Messages.length === 0) return { received: 0, failed: 0 };
      const json = JSON.stringify({
        batchItemFailures: await fed(queue === "events" ? "dispatch" : "wake", toSqsEvent(Messages, queueArn(queue))),
      });
      const settled = new Set<Message>(settledMessages(Messages, { kind: "answered", json }, true));
      for (const message of Messages) {
        const { ReceiptHandle } = message;
        const again = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
        await (settled.has(message)
          ? own.queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
          : own.queues.send(again));
      }
      return { received: Messages.length, failed: Messages.length - settled.size };
    },
    authorization: async (account) => {
      const { key, secret } = await createKey(
        { clock, random, keys: dynamoKeys(table), accounts: dynamoAccounts(table) },
        account,
        { scopes: SCOPES },
      );
      return `Basic ${Buffer.from(`${key.id}:${secret}`).toString("base64")}`;
    },
    stop: async () => {
      vi.unstubAllEnvs();
      vi.doUnmock("../../lambdas/shared/limits.ts"); // other test files share this process
      for (const client of Object.values(own)) client.destroy();
      await scheduler.stop();
      await meter.stop();
      await Promise.all([dynamodb.stop(), sqs.stop(), kms.stop()]);
    },
  };
}
