import { deflateRawSync, inflateRawSync } from "node:zlib";
import * as z from "zod";
import { OUTCOMES } from "../../../delivery/model/attempt.ts";
import type { EventResults, FirstResult, LoggedEvent } from "../../../delivery/model/delivery.ts";
import { SOURCES } from "../../../events/model/event.ts";
import type { EventTrace } from "../../../ports/events.ts";
import { idTime } from "../../../shared/ids.ts";
import { timeToLive } from "../../../shared/retention.ts";
import { deliveryStatusKeys, keys } from "./table.ts";

// Ours: a write unit is 1 KB. A smaller payload fits into one uncompressed, together with keys and results.
const PLAIN_BYTES = 700;
const SECOND_MS = 1_000;

const Code = z.union([z.number(), z.enum(OUTCOMES), z.literal("untried")]);
const Results = z.record(z.string(), z.tuple([Code, z.number(), z.number()]).rest(z.number()));
const Bytes = z.instanceof(Uint8Array);
const fields = {
  pk: z.string(),
  sk: z.string(),
  type: z.string(),
  source: z.enum(SOURCES),
  eventId: z.string().optional(),
  occurredAt: z.number().optional(),
  delivered: Results,
  parked: Results,
  withheld: Results.default({}),
  onBehalfOf: z.record(z.string(), z.string()).exactOptional(),
  resentTo: z.set(z.string()).optional(),
  about: z.string().optional(),
  hops: z.number().exactOptional(),
  expiresAt: z.number(),
};
export const ResultsItem = z.object(fields).transform(eventResults);
export const EventItem = z
  .object({ ...fields, payload: Bytes.optional(), deflated: Bytes.optional() })
  .transform(({ payload, deflated, ...item }) => ({
    ...eventResults(item),
    payload: deflated === undefined ? (payload ?? new Uint8Array()) : inflateRawSync(deflated),
  }));

export const TraceItem = z
  .object({
    sk: z.string(),
    eventId: z.string().optional(),
    parked: Results,
    resentTo: z.set(z.string()).optional(),
  })
  .transform(
    ({ sk, eventId, parked, resentTo = new Set() }): EventTrace => ({
      id: sk,
      ...(eventId !== undefined && { eventId }),
      endpoints: [...new Set([...Object.keys(parked), ...resentTo])],
    }),
  );

/** An event as the log keeps it. */
export function itemOf(event: LoggedEvent): Record<string, unknown> {
  const { id, account, type, source, eventId, about, hops, acceptedAt, occurredAt, payload } = event;
  const { delivered, parked, withheld, onBehalfOf } = event;
  return {
    ...keys.event(account, id),
    type,
    source,
    eventId,
    about,
    hops,
    occurredAt: occurredAt === acceptedAt ? undefined : occurredAt,
    ...storedPayload(payload),
    delivered: tuplesOf(delivered),
    parked: tuplesOf(parked),
    ...(Object.keys(withheld).length > 0 && {
      withheld: tuplesOf(withheld),
      ...deliveryStatusKeys("failed", { account, eventId: id }),
    }),
    onBehalfOf,
    expiresAt: timeToLive(event.keptUntil),
  };
}

function storedPayload(payload: Uint8Array): { payload: Uint8Array } | { deflated: Uint8Array } {
  if (payload.length <= PLAIN_BYTES) return { payload };
  const deflated = deflateRawSync(payload);
  return deflated.length < payload.length ? { deflated } : { payload };
}

function tuplesOf(results: Readonly<Record<string, FirstResult>>) {
  return Object.fromEntries(
    Object.entries(results).map(([endpoint, { code, durationMs, at, dueAt }]) => [
      endpoint,
      [code, durationMs, at, ...(dueAt === undefined ? [] : [dueAt])],
    ]),
  );
}

function resultsOf(tuples: z.infer<typeof Results>): Record<string, FirstResult> {
  return Object.fromEntries(
    Object.entries(tuples).map(([endpoint, [code, durationMs, at, dueAt]]) => [
      endpoint,
      { code, durationMs, at, ...(dueAt !== undefined && { dueAt }) },
    ]),
  );
}

function eventResults({
  pk,
  sk,
  eventId,
  occurredAt,
  delivered,
  parked,
  withheld,
  resentTo,
  about,
  expiresAt,
  ...rest
}: z.output<z.ZodObject<typeof fields>>): EventResults {
  return {
    ...rest,
    id: sk,
    account: pk.slice(pk.indexOf("#") + 1, pk.lastIndexOf("#")),
    // The id is a ULID with the time of acceptance, which is not stored again.
    acceptedAt: idTime(sk),
    occurredAt: occurredAt ?? idTime(sk),
    ...(eventId !== undefined && { eventId }),
    delivered: resultsOf(delivered),
    parked: resultsOf(parked),
    withheld: resultsOf(withheld),
    resentTo: [...(resentTo ?? [])],
    keptUntil: expiresAt * SECOND_MS,
    ...(about !== undefined && { about }),
  };
}
