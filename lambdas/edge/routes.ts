import * as z from "zod";
import type { ErrorCode } from "../core/errors.ts";
import type { Scope } from "../core/key.ts";
import {
  AcceptedOneOrMany,
  CreatedEndpointView,
  DeliveryView,
  EndpointView,
  EventView,
  EventWithDeliveriesView,
  listOf,
  SecretView,
  TestView,
} from "./answer-bodies.ts";
import { EndpointBody, TestBody } from "./endpoint-body.ts";
import { EventsBody, SourceBody } from "./event-body.ts";
import {
  EndpointCursor,
  EndpointIdParam,
  EventCursor,
  EventIdParam,
  EventTypeName,
  Instant,
  Limit,
  ProducerEventId,
} from "./fields.ts";

/** One row of the API. Router, gateway, OpenAPI document and the README's table are all made from these rows. */
export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** As API Gateway writes it. */
  readonly path: string;
  /** The Lambda function that answers. */
  readonly function: "accept" | "api";
  readonly scope: Scope | "public";
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: {
    /** `bytes`: handed over as they came; the flow's own scanner reads them. `patch`: merged before it is read. */
    readonly read: "json" | "bytes" | "patch";
    readonly media: readonly string[];
    readonly schema: z.ZodType;
  };
  readonly answer: { readonly status: number; readonly media?: string; readonly schema?: z.ZodType };
  /** Beyond those that every route can answer. */
  readonly errors: readonly ErrorCode[];
}

const JSON_MEDIA = ["application/json"] as const;
const page = { limit: Limit, cursor: EventCursor.optional() };
const endpointId = z.strictObject({ id: EndpointIdParam });
const eventId = z.strictObject({ id: EventIdParam });
const accepting = { method: "POST", function: "accept", scope: "send" } as const;
const acceptErrors = ["REQUEST_TOO_LARGE", "PAYLOAD_TOO_LARGE", "TOO_MANY_EVENTS", "QUEUE_UNAVAILABLE"] as const;
const bodyErrors = [
  "JSON_INVALID",
  "JSON_TOO_DEEP",
  "FIELDS_INVALID",
  "MEDIA_TYPE_UNSUPPORTED",
  "REQUEST_TOO_LARGE",
] as const;

export const routes = {
  sendEvents: {
    ...accepting,
    path: "/v1/events",
    summary: "Accept one event, or up to 500",
    body: { read: "bytes", media: JSON_MEDIA, schema: EventsBody },
    answer: { status: 202, schema: AcceptedOneOrMany },
    errors: [...acceptErrors, ...bodyErrors],
  },
  sendMailjetEvents: {
    ...accepting,
    path: "/v1/sources/mailjet",
    summary: "Accept Mailjet's own event objects, one or an array",
    body: { read: "bytes", media: JSON_MEDIA, schema: SourceBody("event") },
    answer: { status: 200, schema: AcceptedOneOrMany },
    errors: [...acceptErrors, ...bodyErrors],
  },
  sendSarbacaneEvents: {
    ...accepting,
    path: "/v1/sources/sarbacane",
    summary: "Accept Sarbacane's own event objects, one or an array",
    body: { read: "bytes", media: JSON_MEDIA, schema: SourceBody("type") },
    answer: { status: 200, schema: AcceptedOneOrMany },
    errors: [...acceptErrors, ...bodyErrors],
  },
  createEndpoint: {
    method: "POST",
    path: "/v1/endpoints",
    function: "api",
    scope: "manage",
    summary: "Register a URL; shows its secret",
    body: { read: "json", media: JSON_MEDIA, schema: EndpointBody },
    answer: { status: 201, schema: CreatedEndpointView },
    errors: [...bodyErrors, "ADDRESS_FORBIDDEN", "ENDPOINT_LIMIT_REACHED"],
  },
  listEndpoints: {
    method: "GET",
    path: "/v1/endpoints",
    function: "api",
    scope: "read",
    summary: "The account's endpoints",
    query: z.strictObject({ limit: Limit, cursor: EndpointCursor.optional() }),
    answer: { status: 200, schema: listOf(EndpointView, "EndpointList") },
    errors: ["FIELDS_INVALID"],
  },
  testUrl: {
    method: "POST",
    path: "/v1/endpoints/test",
    function: "api",
    scope: "manage",
    summary: "POST a test event to a URL that is not saved",
    body: { read: "json", media: JSON_MEDIA, schema: TestBody },
    answer: { status: 200, schema: TestView },
    errors: [...bodyErrors, "ADDRESS_FORBIDDEN", "TOO_MANY_TESTS"],
  },
  getEndpoint: {
    method: "GET",
    path: "/v1/endpoints/{id}",
    function: "api",
    scope: "read",
    summary: "One endpoint and how it is doing",
    params: endpointId,
    answer: { status: 200, schema: EndpointView },
    errors: ["ENDPOINT_NOT_FOUND"],
  },
  changeEndpoint: {
    method: "PATCH",
    path: "/v1/endpoints/{id}",
    function: "api",
    scope: "manage",
    summary: "Change it by JSON Merge Patch (RFC 7396)",
    params: endpointId,
    body: { read: "patch", media: ["application/merge-patch+json", ...JSON_MEDIA], schema: EndpointBody },
    answer: { status: 200, schema: EndpointView },
    errors: [...bodyErrors, "ENDPOINT_NOT_FOUND", "ADDRESS_FORBIDDEN", "WRITE_CONFLICT"],
  },
  deleteEndpoint: {
    method: "DELETE",
    path: "/v1/endpoints/{id}",
    function: "api",
    scope: "manage",
    summary: "Delete it; what was pending is cancelled",
    params: endpointId,
    answer: { status: 204 },
    errors: ["ENDPOINT_NOT_FOUND"],
  },
  getSecret: {
    method: "GET",
    path: "/v1/endpoints/{id}/secret",
    function: "api",
    scope: "manage",
    summary: "Its signing secret",
    params: endpointId,
    answer: { status: 200, schema: SecretView },
    errors: ["ENDPOINT_NOT_FOUND"],
  },
  testEndpoint: {
    method: "POST",
    path: "/v1/endpoints/{id}/test",
    function: "api",
    scope: "manage",
    summary: "POST it a test event; counts for nothing",
    params: endpointId,
    answer: { status: 200, schema: TestView },
    errors: ["ENDPOINT_NOT_FOUND", "ADDRESS_FORBIDDEN", "TOO_MANY_TESTS"],
  },
  listDeliveries: {
    method: "GET",
    path: "/v1/endpoints/{id}/deliveries",
    function: "api",
    scope: "read",
    summary: "Its deliveries, newest event first",
    params: endpointId,
    query: z.strictObject({
      ...page,
      status: z
        .enum(["pending", "delivered", "exhausted", "cancelled"], "pending, delivered, exhausted or cancelled")
        .optional(),
    }),
    answer: { status: 200, schema: listOf(DeliveryView, "DeliveryList") },
    errors: ["ENDPOINT_NOT_FOUND", "FIELDS_INVALID"],
  },
  listEvents: {
    method: "GET",
    path: "/v1/events",
    function: "api",
    scope: "read",
    summary: "The account's events, newest first",
    query: z.strictObject({
      ...page,
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
  getOpenApi: {
    method: "GET",
    path: "/v1/openapi.json",
    function: "api",
    scope: "public",
    summary: "This API as an OpenAPI 3.1 document",
    answer: { status: 200, schema: z.record(z.string(), z.unknown()) },
    errors: [],
  },
  getHealth: {
    method: "GET",
    path: "/health",
    function: "api",
    scope: "public",
    summary: "200 when queue and table answer",
    answer: { status: 200, schema: z.strictObject({ status: z.literal("ok") }) },
    errors: ["STORE_UNAVAILABLE"],
  },
  getRoot: {
    method: "GET",
    path: "/",
    function: "api",
    scope: "public",
    summary: "What this is",
    answer: {
      status: 200,
      schema: z.strictObject({ name: z.string(), description: z.string(), openapi: z.string(), health: z.string() }),
    },
    errors: [],
  },
} as const satisfies Record<string, Route>;

export type Routes = typeof routes;
export type Operation = keyof Routes;
/** The rows in the README's order. */
export const ROUTES: readonly (Route & { readonly operation: Operation })[] = Object.entries(routes).map(
  ([operation, route]) => ({
    operation: isOperation(operation) ? operation : fail(operation),
    ...route,
  }),
);

function isOperation(name: string): name is Operation {
  return Object.hasOwn(routes, name);
}
function fail(name: string): never {
  throw new Error(`No route is named ${name}`);
}
