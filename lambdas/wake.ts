import { sqsClient } from "./adapters/aws/clients.ts";
import { random } from "./adapters/aws/clock-and-random.ts";
import { sqsSourceQueue } from "./adapters/aws/source-queue.ts";
import { decodeWake } from "./adapters/aws/wake-message.ts";
import { emfMetrics, withMetrics } from "./adapters/metrics/emf.ts";
import { settleDeletion } from "./mailjet/settle-deletion.ts";
import { retryRoundsRunner } from "./retry/run-retry-round.ts";
import { deliveryPorts } from "./runtime/delivery-wiring.ts";
import { WakeQueueEnvironment } from "./runtime/environment.ts";
import { queueReport } from "./runtime/operational-log.ts";
import { onSqs } from "./runtime/sqs-handler.ts";
import { countingFinalOutcomes } from "./stats/count-final-outcomes.ts";

const metrics = emfMetrics();
const delivery = { ...deliveryPorts(process.env, metrics), random };
const ports = {
  ...delivery,
  settleDeletion: (account: string, endpoint: string) => settleDeletion(delivery, account, endpoint),
};

const queues = WakeQueueEnvironment.parse(process.env);

export const handler = withMetrics(
  metrics,
  onSqs({
    decode: decodeWake,
    run: countingFinalOutcomes(ports, retryRoundsRunner),
    queue: sqsSourceQueue(sqsClient(), {
      queueUrl: queues.WAKES_QUEUE_URL,
      deadLettersUrl: queues.WAKES_DEAD_LETTERS_URL,
    }),
    report: queueReport,
  }),
);
