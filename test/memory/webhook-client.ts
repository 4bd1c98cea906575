import { HOPS_HEADER, outcomeOf } from "../../lambdas/delivery/model/attempt.ts";
import type { Webhook } from "../../lambdas/delivery/model/webhook-request.ts";
import type { Clock } from "../../lambdas/ports/clock.ts";
import type { WebhookClient } from "../../lambdas/ports/outgoing.ts";

/** How a receiver in memory behaves: the status it responds with, or `silent` for no response, and the time it takes. */
export interface Behaviour {
  readonly status: number | "silent";
  readonly tookMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A webhook client whose receivers are functions. It keeps a ledger of its POSTs. */
export function memoryWebhookClient(
  clock: Clock,
  receive: (webhook: Webhook) => Behaviour | Promise<Behaviour>,
): WebhookClient & { readonly ledger: readonly Webhook[] } {
  const ledger: Webhook[] = [];
  return {
    ledger,
    async post(webhook, isSuccess) {
      const startedAt = clock.now();
      ledger.push(webhook);
      const { status, tookMs = 5, headers = {} } = await receive(webhook);
      if (status === "silent")
        return {
          outcome: "timeout",
          startedAt,
          durationMs: webhook.timeoutMs,
          reason: `no answer within ${webhook.timeoutMs} ms`,
        };
      const answer = { status, body: new Uint8Array(), isTruncated: false, headers };
      return {
        outcome: outcomeOf(status, headers[HOPS_HEADER] !== undefined, isSuccess),
        startedAt,
        durationMs: tookMs,
        answer,
      };
    },
  };
}
