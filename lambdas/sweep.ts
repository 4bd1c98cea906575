import { dynamodbClient, sqsClient } from "./adapters/aws/clients.ts";
import { clock } from "./adapters/aws/clock-and-random.ts";
import { sqsDeadLetters } from "./adapters/aws/dead-letters.ts";
import { decodeEventMessage } from "./adapters/aws/event-message.ts";
import { sqsEventQueue } from "./adapters/aws/event-queue.ts";
import { timerFrom } from "./adapters/aws/timer.ts";
import { decodeWake } from "./adapters/aws/wake-message.ts";
import { dynamoRecoveries } from "./adapters/dynamodb/recoveries.ts";
import { dynamoStates } from "./adapters/dynamodb/states.ts";
import { openTable } from "./adapters/dynamodb/table/table.ts";
import { countedSweeps } from "./adapters/metrics/counted-ports.ts";
import { emfMetrics, withMetrics } from "./adapters/metrics/emf.ts";
import { requeueStalled } from "./recoveries/requeue-stalled.ts";
import { redriveDeadLetters } from "./retry/redrive-dead-letters.ts";
import { sweep } from "./retry/resend-overdue-wake-ups.ts";
import { SweepEnvironment } from "./runtime/environment.ts";
import { report } from "./runtime/operational-log.ts";
import { waitForAll } from "./shared/wait-for-all.ts";

const env = SweepEnvironment.parse(process.env);
const table = openTable(env.TABLE_NAME, dynamodbClient(), env.SHARDS);
const metrics = emfMetrics();
const sqs = sqsClient();
const ports = {
  clock,
  report: countedSweeps(report, metrics),
  states: dynamoStates(table),
  recoveries: dynamoRecoveries(table),
  queue: sqsEventQueue(sqs, env.EVENTS_QUEUE_URL),
  timer: timerFrom(env, clock, report),
  events: sqsDeadLetters(sqs, {
    queueUrl: env.EVENTS_QUEUE_URL,
    deadLettersUrl: env.EVENTS_DEAD_LETTERS_URL,
    decode: decodeEventMessage,
    groupOf: ({ account }) => account,
  }),
  wakeUps: sqsDeadLetters(sqs, {
    queueUrl: env.WAKES_QUEUE_URL,
    deadLettersUrl: env.WAKES_DEAD_LETTERS_URL,
    decode: decodeWake,
  }),
};

export const handler = withMetrics(metrics, () =>
  waitForAll<unknown>([sweep(ports), requeueStalled(ports), redriveDeadLetters(ports)]),
);
