import { random } from "./adapters/aws/clock-and-random.ts";
import { decodeWake } from "./adapters/aws/wake-message.ts";
import { emfMetrics, telling } from "./adapters/metrics/emf.ts";
import { retryRoundsRunner } from "./retry/run-retry-round.ts";
import { deliveryPorts } from "./runtime/delivery-wiring.ts";
import { reportUndecodable } from "./runtime/operational-log.ts";
import { onSqs } from "./runtime/sqs-handler.ts";
import { countingFinalOutcomes } from "./stats/count-final-outcomes.ts";

const figures = emfMetrics();
const world = { ...deliveryPorts(process.env, figures), random };

export const handler = telling(
  figures,
  onSqs(decodeWake, countingFinalOutcomes(world, retryRoundsRunner), reportUndecodable),
);
