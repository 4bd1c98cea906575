import type { Event } from "../events/model/event.ts";
import type { Clock } from "../ports/clock.ts";
import type { NonEmpty } from "../shared/non-empty.ts";
import { type Target, type Webhook, webhookFor } from "./model/webhook-request.ts";

/**
 * A POST that is ready to be sent. What is large takes its time to be written as XML: each gets a turn of its own, so that
 * the answers to all others are read in between.
 */
export async function makeWebhook(
  { clock }: { readonly clock: Clock },
  target: Target,
  events: NonEmpty<Event>,
): Promise<Webhook> {
  if (target.encoding === "xml") await clock.sleep(0);
  return webhookFor(target, events, clock.now());
}
