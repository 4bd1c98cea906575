import { decodeEventMessage } from "./adapters/aws/event-message.ts";
import { emfMetrics, telling } from "./adapters/metrics/emf.ts";
import { dispatcher } from "./delivery/dispatch-events.ts";
import { cancelBacklog } from "./retry/cancel-backlog.ts";
import { deliveryPorts } from "./runtime/delivery-wiring.ts";
import { FailureRateEnvironment } from "./runtime/environment.ts";
import { reportUndecodable } from "./runtime/operational-log.ts";
import { onSqs } from "./runtime/sqs-handler.ts";
import { eventCounter } from "./stats/count-events.ts";

const figures = emfMetrics();
const world = {
  ...deliveryPorts(process.env, figures),
  cancelBacklog,
  failureRateLimit: FailureRateEnvironment.parse(process.env),
};

export const handler = telling(
  figures,
  onSqs(decodeEventMessage, dispatcher(world, eventCounter(world)), reportUndecodable),
);
