import type { Endpoint } from "../../lambdas/endpoints/model/endpoint.ts";
import type { Event } from "../../lambdas/events/model/event.ts";
import { newSecret } from "../../lambdas/payload/signature.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { seededRandom } from "../../local/simulator/memory/clock.ts";

/** Complete objects for tests, with the fields that a test sets. */
export const NOON = Date.UTC(2026, 10, 21, 12);
const { next: random, bytes } = seededRandom(42);

export function endpointWith(more: Partial<Endpoint>): Endpoint {
  return {
    id: newId("ep", NOON, random),
    account: "acme",
    url: "https://example.com/webhooks",
    description: "",
    eventTypes: ["*"],
    preset: "standard",
    format: "standard",
    encoding: "json",
    success: "2xx",
    retrySchedule: "standard",
    timeoutMs: 15_000,
    releaseRate: 25,
    headers: {},
    metadata: {},
    secrets: [newSecret(bytes(32))],
    createdAt: NOON,
    updatedAt: NOON,
    version: 1,
    ...more,
  };
}

export function eventWith(more: Partial<Event> = {}): Event {
  const acceptedAt = more.acceptedAt ?? NOON;
  return {
    id: newId("evt", acceptedAt, random),
    account: "acme",
    type: "email.opened",
    source: "api",
    acceptedAt,
    occurredAt: acceptedAt,
    payload: Buffer.from('{"n":19421777396190491}'),
    ...more,
  };
}
