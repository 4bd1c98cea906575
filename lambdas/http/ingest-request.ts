import type { Event, SentEvent } from "../events/model/event.ts";
import { type SentEvents, withAccounts } from "./parse-events.ts";
import { type AnswerWithHeaders, repeatable } from "./router.ts";
import { acceptedView } from "./views/event-views.ts";

interface Call {
  readonly account: string | undefined;
  readonly isOperator: boolean;
  readonly idempotency: { readonly key: string; readonly hash: string } | undefined;
  readonly hops: number;
}

// Not a valid account name: operator requests that name an account for each event have their own idempotency keys.
const OPERATOR = "*";

/** A request's events, each with its account, and its idempotency key. */
export function requestOf(
  { account, isOperator, idempotency, hops }: Call,
  { events }: SentEvents,
): {
  events: (SentEvent & { readonly account: string })[];
  idempotency: { owner: string; key: string; hash: string } | undefined;
} {
  return {
    events: withAccounts(hops === 0 ? events : events.map((event) => ({ ...event, hops })), {
      isOperator,
      ...(account !== undefined && { account }),
    }),
    idempotency: idempotency === undefined ? undefined : { owner: account ?? OPERATOR, ...idempotency },
  };
}

/** The response to accepted events; a replay has the header `Idempotent-Replayed`. */
export function acceptedAnswer(
  { events, isReplay }: { readonly events: readonly Event[]; readonly isReplay: boolean },
  { isBatch }: SentEvents,
): AnswerWithHeaders {
  return repeatable(acceptedView(events, isBatch), isReplay);
}
