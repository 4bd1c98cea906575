import type * as z from "zod";
import type { Scope } from "../../accounts/model/key.ts";
import { webhookFor } from "../../delivery/model/webhook-request.ts";
import type { Endpoint } from "../../endpoints/model/endpoint.ts";
import type { Event } from "../../events/model/event.ts";
import type { DeliveryRequestView } from "../responses/delivery-responses.ts";
import { timeText } from "../schemas/fields.ts";
import { MASK } from "../schemas/url-field.ts";
import { urlFor } from "./endpoint-views.ts";

/** What an attempt sends to an endpoint, as it is configured now, without secrets. */
export function requestView(
  { event, endpoint }: { readonly event: Event; readonly endpoint: Endpoint },
  scopes: readonly Scope[],
): z.input<typeof DeliveryRequestView> {
  const isGrouped = endpoint.group !== undefined;
  const { headers, body } = webhookFor(endpoint, [event], event.acceptedAt);
  const { "webhook-timestamp": _, "content-length": length = "", ...shown } = headers;
  // Of a group neither its id nor its length is known: other events are in it.
  const ofOneEvent = isGrouped ? { "webhook-id": MASK, "rappel-event-ids": MASK } : { "content-length": length };
  const own = [...Object.keys(endpoint.headers), "authorization", "webhook-signature"];
  const hidden = Object.fromEntries(own.filter((name) => name in shown).map((name) => [name, MASK]));
  return {
    eventId: event.id,
    endpointId: endpoint.id,
    method: "POST",
    url: urlFor(endpoint, scopes),
    headers: { ...shown, ...ofOneEvent, ...hidden },
    body: isGrouped ? null : Buffer.from(body).toString("utf8"),
    bodyBytes: isGrouped ? null : body.length,
    configuredAt: timeText(endpoint.updatedAt),
  };
}
