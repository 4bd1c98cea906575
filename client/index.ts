/**
 * The client of Rappel's API: sends events, and reads and changes what the API has. It runs wherever `fetch` and
 * `crypto.randomUUID` are: Node 20 and newer, Lambda, Bun, Deno, Workers and browsers.
 */
export type { AnswerOf, BodyOf, CallOptions, QueryOf, RouteKey } from "./api.ts";
export type { Accepted, BatchOptions, NewEvent } from "./batches.ts";
export { type ErrorCode, type FieldProblem, RappelError } from "./errors.ts";
export { List, type Page } from "./pages.ts";
export { Rappel, type RappelOptions } from "./rappel.ts";
export { type Verified, verify, type WebhookHeaders } from "./verify.ts";
