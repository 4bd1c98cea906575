import { configOf, EndpointBody } from "../../lambdas/http/schemas/endpoint-body.ts";
import { parseFields } from "../../lambdas/http/schemas/parse-fields.ts";

export const minimal = { url: "https://example.com/hook", eventTypes: ["*"] };
export const defaults = { retrySchedule: "standard" } as const;
export const read = (more: object) => configOf(parseFields(EndpointBody, { ...minimal, ...more }), defaults);
