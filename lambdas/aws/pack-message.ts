import * as z from "zod";
import type { Event } from "../core/event.ts";
import type { Pack } from "../ports.ts";

/**
 * A queue message: one account's events, each payload as a JSON string of its own. The payload is valid UTF-8, so the
 * string gives its bytes back exactly.
 */
const VERSION = 1;
// SQS takes no U+FFFE and U+FFFF, and not everything that speaks its protocol takes what lies above them: both travel
// escaped, which JSON undoes. At worst a payload of 4-byte characters triples: 768 KiB, under SQS's 1 MiB.
const NOT_EVERYWHERE = /[\ud800-\udfff\ufffe\uffff]/g;

const EventInPack = z.strictObject({
  id: z.string(),
  type: z.string(),
  source: z.enum(["api", "mailjet", "sarbacane"]),
  eventId: z.string().optional(),
  acceptedAt: z.int(),
  occurredAt: z.int(),
  payload: z.string(),
});
const Message = z.strictObject({ v: z.literal(VERSION), account: z.string(), events: z.array(EventInPack).min(1) });

/** One event's share of a message: its bytes decide how many fit. */
export function encodeEvent({ account: _, payload, ...event }: Event): string {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8");
  return JSON.stringify({ ...event, payload: text }).replaceAll(
    NOT_EVERYWHERE,
    (unit) => `\\u${unit.charCodeAt(0).toString(16)}`,
  );
}

export function encodePack(account: string, encodedEvents: readonly string[]): string {
  return `{"v":${VERSION},"account":${JSON.stringify(account)},"events":[${encodedEvents.join(",")}]}`;
}

/** @throws when the body is no message of ours: it goes back to the queue, and at last to the dead-letter queue */
export function decodePack(body: string): Pack {
  const { account, events } = Message.parse(JSON.parse(body));
  return {
    account,
    events: events.map(({ eventId, payload, ...event }) => ({
      ...event,
      account,
      ...(eventId !== undefined && { eventId }),
      payload: Buffer.from(payload),
    })),
  };
}
