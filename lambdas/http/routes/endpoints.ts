import * as z from "zod";
import { LIMITS } from "../../shared/limits.ts";
import { listOf } from "../responses/common.ts";
import { AcknowledgedView, DeliveryList, TestView } from "../responses/delivery-responses.ts";
import { CheckedUrlView, CreatedEndpointView, EndpointView, SecretView } from "../responses/endpoint-responses.ts";
import {
  AcknowledgeBody,
  NewEndpointBody,
  PauseBody,
  ResumeBody,
  RotateBody,
  SampleBody,
  UrlBody,
} from "../schemas/action-bodies.ts";
import { TestBody } from "../schemas/endpoint-body.ts";
import { EndpointPatchBody } from "../schemas/endpoint-patch.ts";
import { EndpointCursor, EndpointIdParam, Limit } from "../schemas/fields.ts";
import { anySome, DeliveryFilters } from "./list-filters.ts";
import { BODY_ERRORS, IDEMPOTENCY_ERRORS, JSON_MEDIA, type Route } from "./route.ts";

const endpointId = z.strictObject({ id: EndpointIdParam });

/** Registered URLs: their configuration and their health. */
export const endpointRoutes = {
  createEndpoint: {
    method: "POST",
    path: "/v1/endpoints",
    function: "api",
    scope: "manage:endpoints",
    isIdempotent: true,
    summary: "Register a URL; returns its signing secret",
    body: { read: "json", media: JSON_MEDIA, schema: NewEndpointBody },
    answer: { status: 201, schema: CreatedEndpointView },
    errors: [
      ...BODY_ERRORS,
      ...IDEMPOTENCY_ERRORS,
      "ACCOUNT_DELETED",
      "ADDRESS_FORBIDDEN",
      "ENDPOINT_LIMIT_REACHED",
      "ENDPOINT_NOT_FOUND",
    ],
  },
  listEndpoints: {
    method: "GET",
    path: "/v1/endpoints",
    function: "api",
    scope: "read:status",
    namesAccounts: true,
    ofEndpoint: "own",
    summary: "List endpoints, newest first; with an operator key and `status`, those of all accounts",
    query: z.strictObject({
      limit: Limit,
      cursor: EndpointCursor.optional(),
      status: anySome(["active", "failing", "suspended", "paused"]).optional().meta({
        description:
          "One or several, separated by commas. An operator key without `Rappel-Account` lists the endpoints of all accounts with these statuses, except `active`.",
        example: "failing,suspended",
      }),
      search: z
        .string(`1 to ${LIMITS.searchChars} characters`)
        .min(1, `1 to ${LIMITS.searchChars} characters`)
        .max(LIMITS.searchChars, `1 to ${LIMITS.searchChars} characters`)
        .optional()
        .meta({ description: "Only endpoints whose id, URL or description has this text.", example: "example.com" }),
      include: z
        .enum(["pending"], "pending")
        .optional()
        .meta({
          description: `\`pending\`: also what is pending for each. A page then has at most ${LIMITS.pendingPage} endpoints.`,
        }),
    }),
    answer: { status: 200, schema: listOf(EndpointView, "EndpointList") },
    errors: ["FIELDS_INVALID", "ACCOUNT_REQUIRED"],
  },
  checkUrl: {
    method: "POST",
    path: "/v1/endpoints/check",
    function: "api",
    scope: "manage:endpoints",
    summary: "Check whether a URL may be registered; nothing is sent to it",
    body: { read: "json", media: JSON_MEDIA, schema: UrlBody },
    answer: { status: 200, schema: CheckedUrlView },
    errors: [...BODY_ERRORS, "ADDRESS_FORBIDDEN"],
  },
  testUrl: {
    method: "POST",
    path: "/v1/endpoints/test",
    function: "api",
    scope: "manage:endpoints",
    summary: "Send a test event to a URL that is not registered",
    body: { read: "json", media: JSON_MEDIA, schema: TestBody },
    answer: { status: 200, schema: TestView },
    errors: [...BODY_ERRORS, "ADDRESS_FORBIDDEN", "TOO_MANY_TESTS"],
  },
  getEndpoint: {
    method: "GET",
    path: "/v1/endpoints/{id}",
    function: "api",
    scope: "read:status",
    summary: "Read an endpoint and its status",
    params: endpointId,
    ofEndpoint: "path",
    answer: { status: 200, schema: EndpointView },
    errors: ["ENDPOINT_NOT_FOUND"],
  },
  changeEndpoint: {
    method: "PATCH",
    path: "/v1/endpoints/{id}",
    function: "api",
    scope: "manage:endpoints",
    summary: "Change an endpoint with a JSON Merge Patch (RFC 7396)",
    params: endpointId,
    ofEndpoint: "path",
    body: { read: "patch", media: ["application/merge-patch+json", ...JSON_MEDIA], schema: EndpointPatchBody },
    answer: { status: 200, schema: EndpointView },
    errors: [
      ...BODY_ERRORS,
      "ENDPOINT_NOT_FOUND",
      "ENDPOINT_MANAGED_BY_CALLBACKS",
      "ADDRESS_FORBIDDEN",
      "WRITE_CONFLICT",
    ],
  },
  deleteEndpoint: {
    method: "DELETE",
    path: "/v1/endpoints/{id}",
    function: "api",
    scope: "manage:endpoints",
    summary: "Delete an endpoint; cancels its pending deliveries",
    params: endpointId,
    ofEndpoint: "path",
    answer: { status: 204 },
    errors: ["ENDPOINT_NOT_FOUND", "WRITE_CONFLICT"],
  },
  acknowledgeDeliveries: {
    method: "POST",
    path: "/v1/endpoints/{id}/acknowledge",
    function: "api",
    scope: "manage:endpoints",
    summary: "End pending deliveries as delivered, because you have read them from the API",
    params: endpointId,
    ofEndpoint: "path",
    body: { read: "json", media: JSON_MEDIA, schema: AcknowledgeBody },
    answer: { status: 200, schema: AcknowledgedView },
    errors: [...BODY_ERRORS, "ENDPOINT_NOT_FOUND"],
  },
  pauseEndpoint: {
    method: "POST",
    path: "/v1/endpoints/{id}/pause",
    function: "api",
    scope: "manage:endpoints",
    summary: "Pause an endpoint, until it is resumed or until a given time; new events join its backlog",
    params: endpointId,
    ofEndpoint: "path",
    body: { read: "json", isOptional: true, media: JSON_MEDIA, schema: PauseBody },
    answer: { status: 200, schema: EndpointView },
    errors: [...BODY_ERRORS, "ENDPOINT_NOT_FOUND", "WRITE_CONFLICT"],
  },
  resumeEndpoint: {
    method: "POST",
    path: "/v1/endpoints/{id}/resume",
    function: "api",
    scope: "manage:endpoints",
    summary: "Resume an endpoint; delivers its backlog, oldest first, or skips it",
    params: endpointId,
    ofEndpoint: "path",
    body: { read: "json", isOptional: true, media: JSON_MEDIA, schema: ResumeBody },
    answer: { status: 200, schema: EndpointView },
    errors: [...BODY_ERRORS, "ENDPOINT_NOT_FOUND", "WRITE_CONFLICT"],
  },
  getSecret: {
    method: "GET",
    path: "/v1/endpoints/{id}/secret",
    function: "api",
    scope: "manage",
    summary: "Read an endpoint's signing secret, and rotated ones that still sign",
    params: endpointId,
    ofEndpoint: "path",
    answer: { status: 200, schema: SecretView },
    errors: ["ENDPOINT_NOT_FOUND"],
  },
  rotateSecret: {
    method: "POST",
    path: "/v1/endpoints/{id}/secret/rotate",
    function: "api",
    scope: "manage",
    summary: "Rotate an endpoint's signing secret; the old one still signs for a while",
    params: endpointId,
    ofEndpoint: "path",
    body: { read: "json", isOptional: true, media: JSON_MEDIA, schema: RotateBody },
    answer: { status: 200, schema: SecretView },
    errors: [...BODY_ERRORS, "ENDPOINT_NOT_FOUND", "TOO_MANY_SECRETS", "WRITE_CONFLICT"],
  },
  testEndpoint: {
    method: "POST",
    path: "/v1/endpoints/{id}/test",
    function: "api",
    scope: "manage:endpoints",
    summary: "Send a test event to an endpoint; it is neither logged nor counted",
    params: endpointId,
    ofEndpoint: "path",
    body: { read: "json", isOptional: true, media: JSON_MEDIA, schema: SampleBody },
    answer: { status: 200, schema: TestView },
    errors: [...BODY_ERRORS, "ENDPOINT_NOT_FOUND", "ADDRESS_FORBIDDEN", "TOO_MANY_TESTS"],
  },
  listEndpointDeliveries: {
    method: "GET",
    path: "/v1/endpoints/{id}/deliveries",
    function: "api",
    scope: "read:status",
    summary: "List an endpoint's deliveries, newest event first",
    params: endpointId,
    ofEndpoint: "path",
    query: DeliveryFilters,
    answer: { status: 200, schema: DeliveryList },
    errors: ["ENDPOINT_NOT_FOUND", "FIELDS_INVALID"],
  },
} as const satisfies Record<string, Route>;
