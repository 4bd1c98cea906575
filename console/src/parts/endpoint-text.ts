import type { AnswerOf } from "../api/client.ts";
import { w } from "../words/words.ts";
import { number } from "./time.tsx";

export type EndpointRow = AnswerOf<"GET /v1/endpoints">["data"][number];

export function typesText(types: readonly string[]): string {
  return types.includes("*") ? w().webhooks.allEvents : types.join(", ");
}

export function pendingText({ pendingCount = 0, pendingCountIsComplete = true }: EndpointRow): string {
  return `${number(pendingCount)}${pendingCountIsComplete ? "" : "+"}`;
}
