import type { EndedDelivery } from "../../delivery/model/delivery.ts";
import type { EndpointState } from "../../endpoints/model/endpoint-state.ts";
import type { Event } from "../../events/model/event.ts";
import { isOperational, type OperationalType } from "../../events/model/operational-types.ts";
import type { Recovery } from "../../recoveries/model/recovery.ts";
import { idFrom } from "../../shared/ids.ts";
import { type FailureRateAlert, type FailureRateLimit, watchedFrom } from "../../stats/model/failure-rate.ts";

/** The operational webhooks about changes of an endpoint, for its account and the operator's. */
export function statusEvents(
  { endpoint, account, announce = [], publishedTo = 0 }: EndpointState,
  operatorAccount: string,
): Event[] {
  const unpublished = announce.filter(({ number, isSilent = false }) => number > publishedTo && !isSilent);
  return unpublished.flatMap(({ number, type, at, reason }) =>
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
 * The operational webhooks about an exhausted delivery. None for a delivery of an operational webhook: two failing endpoints
 * would cause such events for each other forever.
 */
export function exhaustedEvents(ended: EndedDelivery, operatorAccount: string): Event[] {
  const { endpoint, account, eventId, type, status, reason = null, endedAt, resentAt = 0, attempts } = ended;
  if (status !== "exhausted" || isOperational(type)) return [];
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

/** The operational webhooks about a failure rate over the limit. */
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
      failureRate: Number((undelivered / (delivered + undelivered)).toFixed(4)),
      limit: percent / 100,
      delivered,
      undelivered,
      from: new Date(watchedFrom(overAt, { percent, minutes, emails: 0 })).toISOString(),
      to: new Date(overAt).toISOString(),
    },
  });
}

/** The operational webhooks about the end of a recovery. */
export function recoveryEvents(recovery: Recovery, operatorAccount: string): Event[] {
  const { id, account, endpoint = null, status, since, until, resent, skipped } = recovery;
  const at = recovery.finishedAt ?? recovery.updatedAt;
  return addressedTo([account, operatorAccount], {
    id: idFrom("evt", at, `${account}#${id}`),
    type: "rappel.recovery.finished",
    at,
    payload: {
      account,
      recovery: id,
      endpoint,
      status,
      since: new Date(since).toISOString(),
      until: new Date(until).toISOString(),
      matched: resent + skipped,
      resent,
      skipped,
      at: new Date(at).toISOString(),
    },
  });
}

interface OperationalEvent {
  readonly id: string;
  readonly type: OperationalType;
  readonly at: number;
  readonly about?: string;
  readonly payload: object;
}

/** The same id for both accounts, because each account has its own log. */
function addressedTo(accounts: readonly string[], { id, type, at, about, payload }: OperationalEvent): Event[] {
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
