import * as z from "zod";
import { EventView, EventWithDeliveriesView, listOf } from "../answer-bodies.ts";
import { EventCursor, EventIdParam, EventTypeName, Instant, Limit, ProducerEventId } from "../fields.ts";
import type { Route } from "./route.ts";

const eventId = z.strictObject({ id: EventIdParam });

/** The log: what was accepted and what became of it. */
export const eventRoutes = {
  listEvents: {
    method: "GET",
    path: "/v1/events",
    function: "api",
    scope: "read",
    summary: "The account's events, newest first",
    query: z.strictObject({
      limit: Limit,
      cursor: EventCursor.optional(),
      type: EventTypeName.optional(),
      eventId: ProducerEventId.optional(),
      after: Instant.optional().meta({ description: "Accepted at this time or later." }),
      before: Instant.optional().meta({ description: "Accepted before this time." }),
    }),
    answer: { status: 200, schema: listOf(EventView, "EventList") },
    errors: ["FIELDS_INVALID"],
  },
  getEvent: {
    method: "GET",
    path: "/v1/events/{id}",
    function: "api",
    scope: "read",
    summary: "One event with its deliveries and attempts",
    params: eventId,
    answer: { status: 200, schema: EventWithDeliveriesView },
    errors: ["EVENT_NOT_FOUND", "EVENT_NOT_YET_LOGGED"],
  },
  getPayload: {
    method: "GET",
    path: "/v1/events/{id}/payload",
    function: "api",
    scope: "read",
    summary: "Its payload, byte for byte",
    params: eventId,
    answer: { status: 200, media: "application/json", schema: z.unknown() },
    errors: ["EVENT_NOT_FOUND", "EVENT_NOT_YET_LOGGED"],
  },
} as const satisfies Record<string, Route>;
