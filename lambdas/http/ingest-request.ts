import type { Event, SentEvent } from "../events/model/event.ts";
import { Answered } from "./router.ts";
import { type SentEvents, withAccounts } from "./schemas/event-body.ts";
import { acceptedView } from "./views/views.ts";

interface Call {
  readonly account: string | undefined;
  readonly isOperator: boolean;
  readonly idempotency: { readonly key: string; readonly hash: string } | undefined;
}

// No account's name: an operator's requests that name accounts event by event have keys of their own.
const OPERATOR = "*";

/** What a request asks for: its events, each with its account, and what makes a repeat of it one. */
export function requestOf(
  { account, isOperator, idempotency }: Call,
  { events }: SentEvents,
): {
  events: (SentEvent & { readonly account: string })[];
  idempotency: { owner: string; key: string; hash: string } | undefined;
} {
  return {
    events: withAccounts(events, { isOperator, ...(account !== undefined && { account }) }),
    idempotency: idempotency === undefined ? undefined : { owner: account ?? OPERATOR, ...idempotency },
  };
}

/** One event is answered with one, an array with a list; a repeat says that it is one. */
export function acceptedAnswer(
  { events, isReplay }: { readonly events: readonly Event[]; readonly isReplay: boolean },
  { isBatch }: SentEvents,
): Answered {
  return new Answered(acceptedView(events, isBatch), isReplay ? { "idempotent-replayed": "true" } : {});
}
