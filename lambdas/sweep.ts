import { sqsClient } from "./adapters/aws/clients.ts";
import { clock } from "./adapters/aws/clock-and-random.ts";
import { sqsEventQueue } from "./adapters/aws/event-queue.ts";
import { timerFrom } from "./adapters/aws/timer.ts";
import { dynamoRecoveries } from "./adapters/dynamodb/recoveries.ts";
import { dynamoStates } from "./adapters/dynamodb/states.ts";
import { openTable } from "./adapters/dynamodb/table/table.ts";
import { countedSweeps } from "./adapters/metrics/counted-ports.ts";
import { emfMetrics, withMetrics } from "./adapters/metrics/emf.ts";
import { requeueStalled } from "./recoveries/requeue-stalled.ts";
import { sweep } from "./retry/resend-overdue-wake-ups.ts";
import { SweepEnvironment } from "./runtime/environment.ts";
import { report } from "./runtime/operational-log.ts";
import { waitForAll } from "./shared/wait-for-all.ts";

const env = SweepEnvironment.parse(process.env);
const table = openTable(env.TABLE_NAME);
const metrics = emfMetrics();
const ports = {
  clock,
  report: countedSweeps(report, metrics),
  states: dynamoStates(table),
  recoveries: dynamoRecoveries(table),
  queue: sqsEventQueue(sqsClient(), env.EVENTS_QUEUE_URL),
  timer: timerFrom(env, clock, report),
};

export const handler = withMetrics(metrics, () => waitForAll([sweep(ports), requeueStalled(ports)]));
