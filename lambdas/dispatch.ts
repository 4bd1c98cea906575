import { sqsClient } from "./adapters/aws/clients.ts";
import { random } from "./adapters/aws/clock-and-random.ts";
import { decodeEventMessage } from "./adapters/aws/event-message.ts";
import { sqsSourceQueue } from "./adapters/aws/source-queue.ts";
import { emfMetrics, withMetrics } from "./adapters/metrics/emf.ts";
import { dispatcher } from "./delivery/dispatch-events.ts";
import { runRecoveryStep } from "./recoveries/run-step.ts";
import { cancelBacklog } from "./retry/cancel-backlog.ts";
import { deliveryPorts } from "./runtime/delivery-wiring.ts";
import { DispatchQueueEnvironment, FailureRateEnvironment, RecoveryEnvironment } from "./runtime/environment.ts";
import { queueReport } from "./runtime/operational-log.ts";
import { hiddenSecondsOfEvents, onSqs } from "./runtime/sqs-handler.ts";
import { eventCounter } from "./stats/count-events.ts";

const metrics = emfMetrics();
const ports = {
  ...deliveryPorts(process.env, metrics),
  random,
  cancelBacklog,
  runRecoveryStep,
  notYetLoggedMs: RecoveryEnvironment.parse(process.env).NOT_YET_LOGGED_SECONDS * 1_000,
  failureRateLimit: FailureRateEnvironment.parse(process.env),
};

const queues = DispatchQueueEnvironment.parse(process.env);

export const handler = withMetrics(
  metrics,
  onSqs({
    decode: decodeEventMessage,
    run: dispatcher(ports, eventCounter(ports)),
    queue: sqsSourceQueue(sqsClient(), {
      queueUrl: queues.EVENTS_QUEUE_URL,
      deadLettersUrl: queues.EVENTS_DEAD_LETTERS_URL,
    }),
    report: queueReport,
    hiddenSeconds: hiddenSecondsOfEvents,
  }),
);
