import * as z from "zod";
import { EVENT_REASON_CODES } from "../../delivery/model/delivery-reason.ts";
import { SOURCES } from "../../events/model/event.ts";
import { SampleSource } from "../schemas/sample-fields.ts";
import { At, ScannedUntil } from "./common.ts";
import { DeliveryView } from "./delivery-responses.ts";

const Accepted = z
  .strictObject({ id: z.string(), type: z.string() })
  .meta({ id: "Accepted", example: { id: "evt_01JD7X1RZ8M3V0A6Q5T2Y9WKBC", type: "email.opened" } });
export const AcceptedOneOrMany = z
  .union([Accepted, z.strictObject({ data: z.array(Accepted) })])
  .meta({ id: "AcceptedEvents" });

const eventFields = {
  id: z.string(),
  type: z.string(),
  source: z.enum(SOURCES).meta({ description: "`rappel`: an operational webhook." }),
  eventId: z.string().nullable().meta({ description: "The producer's id." }),
  timestamp: At.meta({ description: "The producer's timestamp, by default the time of acceptance." }),
  acceptedAt: At,
  payloadBytes: z.int(),
};
export const EventView = z.strictObject(eventFields).meta({ id: "Event" });
export const EventWithDeliveriesView = z
  .strictObject({
    ...eventFields,
    deliveries: z.array(DeliveryView),
    explanation: z.string().meta({ description: "In English. Made from `reasonCode` and `reasonParams`." }),
    reasonCode: z.enum(EVENT_REASON_CODES),
    reasonParams: z
      .strictObject({
        type: z.string(),
        endpoints: z.int().optional().meta({ description: "Of `sent`, like the following: the deliveries." }),
        delivered: z.int().optional(),
        pending: z.int().optional(),
        exhausted: z.int().optional(),
        cancelled: z.int().optional(),
      })
      .meta({ id: "EventReasonParams" }),
  })
  .meta({ id: "EventWithDeliveries" });

export const EventTypeView = z
  .strictObject({
    type: z.string(),
    source: SampleSource,
    description: z.string(),
    sample: z.looseObject({}).meta({ description: "The platform's own object, unchanged." }),
  })
  .meta({ id: "EventType" });

const ListedEventView = z
  .strictObject({
    ...eventFields,
    outcome: z
      .strictObject({ endpoints: z.int(), delivered: z.int(), pending: z.int(), failed: z.int() })
      .meta({ description: "Its deliveries. `failed`: exhausted or cancelled.", id: "EventOutcome" }),
    payload: z
      .string()
      .optional()
      .meta({ description: "With `include=payload`: the payload's bytes as text, unchanged." }),
  })
  .meta({ id: "ListedEvent" });

export const EventList = z
  .strictObject({
    data: z.array(ListedEventView),
    nextCursor: z.string().nullable(),
    scannedUntil: ScannedUntil,
    pollAfter: At.meta({
      description:
        "For polling: the `after` of the next poll, so that it misses nothing. It is 15 minutes ago, because an event can be logged that much later than it was accepted. Events after it are listed again: ignore the ids you know. Of several pages, use the first one's.",
    }),
  })
  .meta({ id: "EventList" });
