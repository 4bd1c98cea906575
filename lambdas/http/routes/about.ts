import * as z from "zod";
import type { Route } from "./route.ts";

/** Routes that need no key. */
export const aboutRoutes = {
  getOpenApi: {
    method: "GET",
    path: "/v1/openapi.json",
    function: "api",
    scope: "public",
    summary: "Read this API's OpenAPI 3.1 document",
    answer: { status: 200, schema: z.record(z.string(), z.unknown()) },
    errors: [],
  },
  getHealth: {
    method: "GET",
    path: "/health",
    function: "api",
    scope: "public",
    summary: "Check the health: 200 if the queue and the table respond",
    answer: { status: 200, schema: z.strictObject({ status: z.literal("ok") }) },
    errors: ["STORE_UNAVAILABLE"],
  },
  getRoot: {
    method: "GET",
    path: "/",
    function: "api",
    scope: "public",
    summary: "Read the service's name and links",
    answer: {
      status: 200,
      schema: z.strictObject({ name: z.string(), description: z.string(), openapi: z.string(), health: z.string() }),
    },
    errors: [],
  },
} as const satisfies Record<string, Route>;
