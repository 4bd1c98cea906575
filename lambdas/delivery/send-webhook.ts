import type { Endpoint } from "../endpoints/model/endpoint.ts";
import { isSuccess } from "../endpoints/model/success-rule.ts";
import type { Event } from "../events/model/event.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/operations.ts";
import type { WebhookClient } from "../ports/outgoing.ts";
import type { NonEmpty } from "../shared/non-empty.ts";
import type { Attempt } from "./model/attempt.ts";
import { failedAttempt } from "./model/failed-attempt-log.ts";
import { webhookFor } from "./model/webhook-request.ts";

interface Ports {
  readonly clock: Clock;
  readonly webhookClient: WebhookClient;
  readonly report: Pick<Log, "attemptFailed">;
}

/**
 * POSTs events to an endpoint as one webhook, and logs the attempt if it fails.
 * @param events more than one only if the endpoint groups events
 * @param earlierAttempts attempts of this delivery so far; in a group, of its first event
 */
export async function sendWebhook(
  { clock, webhookClient, report }: Ports,
  endpoint: Endpoint,
  events: NonEmpty<Event>,
  earlierAttempts: number,
): Promise<Attempt> {
  // Writing a large payload as XML keeps the CPU busy: this lets other responses be read in between.
  if (endpoint.encoding === "xml") await clock.sleep(0);
  const webhook = webhookFor(endpoint, events, clock.now());
  const attempt = await webhookClient.post(webhook, (status) => isSuccess(endpoint.success, status));
  if (attempt.outcome !== "success") report.attemptFailed(failedAttempt(events, endpoint.id, attempt, earlierAttempts));
  return attempt;
}
