import type { EndedDelivery } from "../../delivery/model/delivery.ts";
import type { EndpointState } from "../../endpoints/model/endpoint-state.ts";
import type { Event } from "../../events/model/event.ts";
import { OPERATIONAL_PREFIX, type OperationalType } from "../../events/model/operational-types.ts";
import { idFrom } from "../../shared/ids.ts";
import { type FailureRateAlert, type FailureRateLimit, watchedFrom } from "../../stats/model/failure-rate.ts";

/** The events that tell of an endpoint's changes: to its account, and to the operator's. */
export function statusEvents(
  { endpoint, account, announce = [], publishedTo = 0 }: EndpointState,
  operatorAccount: string,
): Event[] {
  const untold = announce.filter(({ number }) => number > publishedTo);
  return untold.flatMap(({ number, type, at, reason }) =>
    addressedTo([account, operatorAccount], {
      id: idFrom("evt", at, `${endpoint}#${number}`),
      type,
      at,
      about: endpoint,
      payload: { account, endpoint, reason, at: new Date(at).toISOString() },
    }),
  );
}

/**
 * The events that tell of a delivery that was given up. One that was to tell something of this kind itself is not told
 * of: two dead endpoints would keep each other busy for ever.
 */
export function exhaustedEvents(ended: EndedDelivery, operatorAccount: string): Event[] {
  const { endpoint, account, eventId, type, status, reason = null, endedAt, resentAt = 0, attempts } = ended;
  if (status !== "exhausted" || type.startsWith(OPERATIONAL_PREFIX)) return [];
  const last = attempts.at(-1);
  return addressedTo([account, operatorAccount], {
    id: idFrom("evt", endedAt, `${endpoint}#${eventId}#${resentAt}`),
    type: "rappel.delivery.exhausted",
    at: endedAt,
    about: endpoint,
    payload: {
      account,
      endpoint,
      event: eventId,
      eventType: type,
      reason,
      attempts: attempts.length,
      lastOutcome: last?.outcome ?? null,
      lastStatus: last?.answer?.status ?? null,
      at: new Date(endedAt).toISOString(),
    },
  });
}

/** The events that tell that too many e-mails do not arrive. */
export function failureRateEvents(
  account: string,
  { source, destination, delivered, undelivered, overAt = 0 }: FailureRateAlert,
  { percent, minutes }: FailureRateLimit,
  operatorAccount: string,
): Event[] {
  return addressedTo([account, operatorAccount], {
    id: idFrom("evt", overAt, `${account}#share#${source}#${destination ?? ""}`),
    type: "rappel.failure_rate.exceeded",
    at: overAt,
    payload: {
      account,
      source,
      destination,
      share: Number((undelivered / (delivered + undelivered)).toFixed(4)),
      limit: percent / 100,
      delivered,
      undelivered,
      from: new Date(watchedFrom(overAt, { percent, minutes, emails: 0 })).toISOString(),
      to: new Date(overAt).toISOString(),
    },
  });
}

interface Told {
  readonly id: string;
  readonly type: OperationalType;
  readonly at: number;
  readonly about?: string;
  readonly payload: object;
}

/** One id for both: each account has a log of its own. */
function addressedTo(accounts: readonly string[], { id, type, at, about, payload }: Told): Event[] {
  return [...new Set(accounts)].map((account) => ({
    id,
    account,
    type,
    source: "rappel",
    acceptedAt: at,
    occurredAt: at,
    payload: Buffer.from(JSON.stringify(payload)),
    ...(about !== undefined && { about }),
  }));
}
