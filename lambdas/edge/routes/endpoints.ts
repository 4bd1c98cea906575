import * as z from "zod";
import { CreatedEndpointView, DeliveryView, EndpointView, listOf, SecretView, TestView } from "../answer-bodies.ts";
import { EndpointBody, TestBody } from "../endpoint-body.ts";
import { EndpointCursor, EndpointIdParam, EventCursor, Limit } from "../fields.ts";
import { PauseBody, ResumeBody } from "../steer-bodies.ts";
import { BODY_ERRORS, JSON_MEDIA, type Route } from "./route.ts";

const endpointId = z.strictObject({ id: EndpointIdParam });

/** Registered URLs: what they want and how they are doing. */
export const endpointRoutes = {
  createEndpoint: {
    method: "POST",
    path: "/v1/endpoints",
    function: "api",
    scope: "manage",
    summary: "Register a URL; shows its secret",
    body: { read: "json", media: JSON_MEDIA, schema: EndpointBody },
    answer: { status: 201, schema: CreatedEndpointView },
    errors: [...BODY_ERRORS, "ADDRESS_FORBIDDEN", "ENDPOINT_LIMIT_REACHED"],
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
    errors: [...BODY_ERRORS, "ADDRESS_FORBIDDEN", "TOO_MANY_TESTS"],
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
    errors: [...BODY_ERRORS, "ENDPOINT_NOT_FOUND", "ADDRESS_FORBIDDEN", "WRITE_CONFLICT"],
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
  pauseEndpoint: {
    method: "POST",
    path: "/v1/endpoints/{id}/pause",
    function: "api",
    scope: "manage",
    summary: "Send it nothing, until resumed or until a time; all waits",
    params: endpointId,
    body: { read: "json", isOptional: true, media: JSON_MEDIA, schema: PauseBody },
    answer: { status: 200, schema: EndpointView },
    errors: [...BODY_ERRORS, "ENDPOINT_NOT_FOUND", "WRITE_CONFLICT"],
  },
  resumeEndpoint: {
    method: "POST",
    path: "/v1/endpoints/{id}/resume",
    function: "api",
    scope: "manage",
    summary: "End its pause or suspension; what waited is delivered, oldest first, or skipped",
    params: endpointId,
    body: { read: "json", isOptional: true, media: JSON_MEDIA, schema: ResumeBody },
    answer: { status: 200, schema: EndpointView },
    errors: [...BODY_ERRORS, "ENDPOINT_NOT_FOUND", "WRITE_CONFLICT"],
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
      limit: Limit,
      cursor: EventCursor.optional(),
      status: z
        .enum(["pending", "delivered", "exhausted", "cancelled"], "pending, delivered, exhausted or cancelled")
        .optional(),
    }),
    answer: { status: 200, schema: listOf(DeliveryView, "DeliveryList") },
    errors: ["ENDPOINT_NOT_FOUND", "FIELDS_INVALID"],
  },
} as const satisfies Record<string, Route>;
