import * as z from "zod";
import { type Event, SOURCES } from "../../events/model/event.ts";
import type { EventMessage, Resend } from "../../ports/events.ts";

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
  source: z.enum(SOURCES),
  eventId: z.string().optional(),
  acceptedAt: z.int(),
  occurredAt: z.int(),
  payload: z.string(),
  about: z.string().optional(),
});
const Wish = z.strictObject({ eventId: z.string(), to: z.array(z.string()), at: z.int() });
const Message = z
  .strictObject({
    v: z.literal(VERSION),
    account: z.string(),
    events: z.array(EventInPack),
    again: z.literal(true).optional(),
    resend: Wish.optional(),
  })
  .refine(({ events, resend }) => events.length > 0 || resend !== undefined);

/** One event's share of a message: its bytes decide how many fit. */
export function encodeEvent({ account: _, payload, ...event }: Event): string {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8");
  return JSON.stringify({ ...event, payload: text }).replaceAll(
    NOT_EVERYWHERE,
    (unit) => `\\u${unit.charCodeAt(0).toString(16)}`,
  );
}

export function encodeEventMessage(account: string, encodedEvents: readonly string[], isAgain = false): string {
  const again = isAgain ? ',"again":true' : "";
  return `{"v":${VERSION},"account":${JSON.stringify(account)}${again},"events":[${encodedEvents.join(",")}]}`;
}

export function encodeResend({ account, ...wish }: Resend): string {
  return JSON.stringify({ v: VERSION, account, events: [], resend: wish });
}

/** @throws when the body is no message of ours: it goes back to the queue, and at last to the dead-letter queue */
export function decodeEventMessage(body: string): EventMessage {
  const { account, events, again, resend } = Message.parse(JSON.parse(body));
  return {
    account,
    ...(again && { isAgain: true }),
    ...(resend !== undefined && { resend: { account, ...resend } }),
    events: events.map(({ eventId, about, payload, ...event }) => ({
      ...event,
      account,
      ...(eventId !== undefined && { eventId }),
      ...(about !== undefined && { about }),
      payload: Buffer.from(payload),
    })),
  };
}
