import * as z from "zod";
import { DeliveryList, DeliveryRequestView } from "../responses/delivery-responses.ts";
import { EventList, EventTypeView, EventWithDeliveriesView } from "../responses/event-responses.ts";
import { ResendBody } from "../schemas/action-bodies.ts";
import { EndpointIdParam, EventIdParam } from "../schemas/fields.ts";
import { SampleSource } from "../schemas/sample-fields.ts";
import { AccountDeliveryFilters, EventFilters } from "./list-filters.ts";
import { BODY_ERRORS, IDEMPOTENCY_ERRORS, JSON_MEDIA, type Route } from "./route.ts";

const eventId = z.strictObject({ id: EventIdParam });

/** The event log and its deliveries. */
export const eventRoutes = {
  listEvents: {
    method: "GET",
    path: "/v1/events",
    function: "api",
    scope: "read:status",
    summary: "List events with their outcomes, newest first",
    query: EventFilters,
    ofEndpoint: "query",
    answer: { status: 200, schema: EventList },
    errors: ["FIELDS_INVALID"],
  },
  listDeliveries: {
    method: "GET",
    path: "/v1/deliveries",
    function: "api",
    scope: "read:status",
    summary: "List deliveries to all endpoints, newest event first",
    query: AccountDeliveryFilters,
    ofEndpoint: "query",
    answer: { status: 200, schema: DeliveryList },
    errors: ["ENDPOINT_NOT_FOUND", "FIELDS_INVALID"],
  },
  getEvent: {
    method: "GET",
    path: "/v1/events/{id}",
    function: "api",
    scope: "read:status",
    summary: "Read an event with its deliveries and attempts",
    params: eventId,
    ofEndpoint: "own",
    answer: { status: 200, schema: EventWithDeliveriesView },
    errors: ["EVENT_NOT_FOUND", "EVENT_NOT_YET_LOGGED"],
  },
  resendEvent: {
    method: "POST",
    path: "/v1/events/{id}/resend",
    function: "api",
    scope: "manage:endpoints",
    isIdempotent: true,
    summary: "Resend an event with the same id, to all endpoints that subscribe to it or to given ones",
    params: eventId,
    ofEndpoint: "own",
    body: { read: "json", isOptional: true, media: JSON_MEDIA, schema: ResendBody },
    answer: { status: 202, schema: EventWithDeliveriesView },
    errors: [
      ...BODY_ERRORS,
      ...IDEMPOTENCY_ERRORS,
      "EVENT_NOT_FOUND",
      "EVENT_NOT_YET_LOGGED",
      "ENDPOINT_NOT_FOUND",
      "ACCOUNT_DELETED",
      "RATE_LIMITED",
      "QUEUE_UNAVAILABLE",
    ],
  },
  getPayload: {
    method: "GET",
    path: "/v1/events/{id}/payload",
    function: "api",
    scope: "read",
    summary: "Read an event's payload, byte for byte",
    params: eventId,
    ofEndpoint: "own",
    answer: { status: 200, media: "application/json", schema: z.unknown() },
    errors: ["EVENT_NOT_FOUND", "EVENT_NOT_YET_LOGGED"],
  },
  getDeliveryRequest: {
    method: "GET",
    path: "/v1/events/{id}/requests/{endpoint}",
    function: "api",
    scope: "read",
    summary: "Read what an event's attempts send to an endpoint, without secrets",
    params: eventId.extend({ endpoint: EndpointIdParam }),
    ofEndpoint: "own",
    answer: { status: 200, schema: DeliveryRequestView },
    errors: ["EVENT_NOT_FOUND", "EVENT_NOT_YET_LOGGED", "ENDPOINT_NOT_FOUND"],
  },
  listEventTypes: {
    method: "GET",
    path: "/v1/event-types",
    function: "api",
    scope: "read:status",
    summary: "List Mailjet's and Sarbacane's event types, with descriptions and samples",
    ofEndpoint: "any",
    query: z.strictObject({ source: SampleSource.optional() }),
    answer: { status: 200, schema: z.strictObject({ data: z.array(EventTypeView) }).meta({ id: "EventTypeList" }) },
    errors: ["FIELDS_INVALID"],
  },
} as const satisfies Record<string, Route>;
