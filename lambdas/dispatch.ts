import { decodeEventMessage } from "./adapters/aws/event-message.ts";
import { emfMetrics, withMetrics } from "./adapters/metrics/emf.ts";
import { dispatcher } from "./delivery/dispatch-events.ts";
import { runRecoveryStep } from "./recoveries/run-step.ts";
import { cancelBacklog } from "./retry/cancel-backlog.ts";
import { deliveryPorts } from "./runtime/delivery-wiring.ts";
import { FailureRateEnvironment, RecoveryEnvironment } from "./runtime/environment.ts";
import { reportUndecodable } from "./runtime/operational-log.ts";
import { onSqs } from "./runtime/sqs-handler.ts";
import { eventCounter } from "./stats/count-events.ts";

const metrics = emfMetrics();
const ports = {
  ...deliveryPorts(process.env, metrics),
  cancelBacklog,
  runRecoveryStep,
  notYetLoggedMs: RecoveryEnvironment.parse(process.env).NOT_YET_LOGGED_SECONDS * 1_000,
  failureRateLimit: FailureRateEnvironment.parse(process.env),
};

export const handler = withMetrics(
  metrics,
  onSqs(decodeEventMessage, dispatcher(ports, eventCounter(ports)), reportUndecodable),
);
