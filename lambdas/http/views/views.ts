import type * as z from "zod";
import type { Answer, Attempt } from "../../delivery/model/attempt.ts";
import type { Delivery } from "../../delivery/model/delivery.ts";
import { explain, explainEvent } from "../../delivery/model/explain-delivery.ts";
import type { Endpoint } from "../../endpoints/model/endpoint.ts";
import type { EndpointState } from "../../endpoints/model/endpoint-state.ts";
import type { Event } from "../../events/model/event.ts";
import type { Page } from "../../ports/page.ts";
import { LIMITS } from "../../shared/limits.ts";
import { bodyOf, scheduleView } from "../schemas/endpoint-body.ts";
import { cursorOf, timeText } from "../schemas/fields.ts";
import type {
  AcceptedOneOrMany,
  CreatedEndpointView,
  DeliveryView,
  EndpointView,
  EventList,
  EventView,
  EventWithDeliveriesView,
  SecretView,
  TestView,
} from "../schemas/responses.ts";
import { MASK } from "../schemas/url-field.ts";

/** How the API shows its data. Every field is named here, so nothing private is shown by accident. */

export interface EndpointAndState {
  readonly endpoint: Endpoint;
  readonly state: EndpointState;
}

export function endpointView({ endpoint, state }: EndpointAndState): z.input<typeof EndpointView> {
  const { description, eventTypes, preset, format, encoding, success, retrySchedule, timeoutMs } = endpoint;
  const { group = null, backupOf = null, releaseRate, rateLimit = null, headers, metadata } = endpoint;
  return {
    id: endpoint.id,
    url: String(bodyOf(endpoint)["url"]),
    description,
    eventTypes: [...eventTypes],
    preset,
    format,
    encoding,
    success,
    group: group && { ...group },
    backupOf: backupOf && [...backupOf],
    retrySchedule: scheduleView(retrySchedule),
    timeoutMs,
    releaseRate,
    rateLimit,
    headers: Object.fromEntries(Object.keys(headers).map((name) => [name, MASK])),
    metadata: { ...metadata },
    status: state.status,
    statusReason: state.statusReason,
    statusSince: timeText(state.statusSince),
    consecutiveFailures: state.streak,
    lastSuccessAt: state.lastOkAt === undefined ? null : timeText(state.lastOkAt),
    lastLoopAt: state.lastLoopAt === undefined ? null : timeText(state.lastLoopAt),
    managedBy: endpoint.managedBy ?? "user",
    createdAt: timeText(endpoint.createdAt),
    updatedAt: timeText(endpoint.updatedAt),
  };
}

export function createdEndpointView(created: EndpointAndState): z.input<typeof CreatedEndpointView> {
  const [secret = ""] = created.endpoint.secrets;
  return {
    ...endpointView(created),
    secret,
    verification: { library: "standardwebhooks (npm, PyPI, Packagist, crates.io, Go, …)", snippet: snippetFor(secret) },
  };
}

function snippetFor(secret: string): string {
  return `import { Webhook } from "standardwebhooks";\nconst event = new Webhook("${secret}").verify(rawBody, request.headers); // throws if the signature is wrong`;
}

export function secretView({ endpoint }: EndpointAndState): z.input<typeof SecretView> {
  const { secrets, oldSecrets = [] } = endpoint;
  return {
    secret: secrets[0] ?? "",
    previous: oldSecrets.map(({ secret, until }) => ({ secret, until: timeText(until) })),
  };
}

export const rootView = {
  name: "Rappel",
  description: "Accepts events at POST /v1/events and POSTs each one to every URL registered at /v1/endpoints.",
  openapi: "/v1/openapi.json",
  health: "/health",
};

/** One object for one event, a list in the same order for an array. */
export function acceptedView(events: readonly Event[], isBatch: boolean): z.input<typeof AcceptedOneOrMany> {
  const accepted = events.map(({ id, type }) => ({ id, type }));
  const [first] = accepted;
  return isBatch || first === undefined ? { data: accepted } : first;
}

function eventView(event: Event): z.input<typeof EventView> {
  const { id, type, source, eventId = null, payload } = event;
  return {
    id,
    type,
    source,
    eventId,
    timestamp: timeText(event.occurredAt),
    acceptedAt: timeText(event.acceptedAt),
    payloadBytes: payload.length,
  };
}

/** @param readAt when the list was read or earlier, epoch ms */
export function eventListView(page: Page<Event>, readAt: number): z.input<typeof EventList> {
  return { ...listView(page, eventView), pollAfter: timeText(readAt - LIMITS.notYetLoggedSeconds * 1_000) };
}

export interface DeliveryAndEndpoint {
  readonly delivery: Delivery;
  readonly endpoint: Endpoint | undefined;
  readonly state: EndpointState | undefined;
  readonly behind?: number;
}

export function eventWithDeliveriesView({
  event,
  deliveries,
}: {
  event: Event;
  deliveries: readonly DeliveryAndEndpoint[];
}): z.input<typeof EventWithDeliveriesView> {
  return {
    ...eventView(event),
    deliveries: deliveries.map(deliveryView),
    explanation: explainEvent(
      event.type,
      deliveries.map(({ delivery }) => delivery),
    ),
  };
}

export function deliveryView({ delivery, endpoint, state, behind }: DeliveryAndEndpoint): z.input<typeof DeliveryView> {
  const { eventId, status, reason = null, dueAt, attempts, onBehalfOf = null } = delivery;
  return {
    eventId,
    endpointId: delivery.endpoint,
    onBehalfOf,
    status,
    reason,
    dueAt: dueAt === undefined ? null : timeText(dueAt),
    attempts: attempts.map(({ startedAt, outcome, answer, durationMs, reason: why = null }) => ({
      at: timeText(startedAt),
      outcome,
      status: answer?.status ?? null,
      durationMs,
      reason: why,
      response: answer === undefined ? null : answerView(answer),
    })),
    explanation: explain(delivery, endpoint, state, behind),
  };
}

export function testView({ attempt, secret }: { attempt: Attempt; secret?: string }): z.input<typeof TestView> {
  const { outcome, answer, durationMs, reason } = attempt;
  return {
    outcome,
    status: answer?.status ?? null,
    durationMs,
    response: answer === undefined ? null : answerView(answer),
    reason: reason ?? null,
    ...(secret !== undefined && { secret }),
  };
}

/** The kept body as text; `null` if none was kept. */
export function bodyText(body: Uint8Array | undefined): string | null {
  return body === undefined ? null : Buffer.from(body).toString("utf8");
}

function answerView({ status, headers, body, isTruncated }: Answer) {
  return { status, headers: { ...headers }, body: bodyText(body), truncated: isTruncated };
}

export function listView<T, V>(
  { items, next }: Page<T>,
  view: (item: T) => V,
): { data: V[]; nextCursor: string | null } {
  return { data: items.map(view), nextCursor: cursorOf(next) };
}
