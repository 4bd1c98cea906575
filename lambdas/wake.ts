import { random } from "./adapters/aws/clock-and-random.ts";
import { decodeWake } from "./adapters/aws/wake-message.ts";
import { emfMetrics, withMetrics } from "./adapters/metrics/emf.ts";
import { settleDeletion } from "./mailjet/settle-deletion.ts";
import { retryRoundsRunner } from "./retry/run-retry-round.ts";
import { deliveryPorts } from "./runtime/delivery-wiring.ts";
import { reportUndecodable } from "./runtime/operational-log.ts";
import { onSqs } from "./runtime/sqs-handler.ts";
import { countingFinalOutcomes } from "./stats/count-final-outcomes.ts";

const metrics = emfMetrics();
const delivery = { ...deliveryPorts(process.env, metrics), random };
const ports = {
  ...delivery,
  settleDeletion: (account: string, endpoint: string) => settleDeletion(delivery, account, endpoint),
};

export const handler = withMetrics(
  metrics,
  onSqs(decodeWake, countingFinalOutcomes(ports, retryRoundsRunner), reportUndecodable),
);
