import type { Webhook } from "../../lambdas/delivery/model/webhook-request.ts";

export const SECOND_MS = 1_000;
export const group = { maxEvents: 100, maxBytes: 100_000, windowMs: 1_000 };
export const idsOf = ({ headers }: Webhook) => (headers["rappel-event-ids"] ?? "").split(",");
export const membersOf = ({ body }: Webhook): unknown[] => JSON.parse(Buffer.from(body).toString());
export const grouped = { group, format: "raw" } as const;
