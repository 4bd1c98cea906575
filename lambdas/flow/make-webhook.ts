import type { Event } from "../core/event.ts";
import type { Some } from "../core/group.ts";
import { type Target, type Webhook, webhookFor } from "../core/webhook.ts";
import type { Clock } from "../ports.ts";

/**
 * A POST that is ready to be sent. What is large takes its time to be written as XML: each gets a turn of its own, so that
 * the answers to all others are read in between.
 */
export async function makeWebhook(
  { clock }: { readonly clock: Clock },
  target: Target,
  events: Some<Event>,
): Promise<Webhook> {
  if (target.encoding === "xml") await clock.sleep(0);
  return webhookFor(target, events, clock.now());
}
