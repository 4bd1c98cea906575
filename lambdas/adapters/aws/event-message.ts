import * as z from "zod";
import { type Event, SOURCES } from "../../events/model/event.ts";
import type { EventMessage, RecoveryStep, Resend } from "../../ports/events.ts";

/**
 * A queue message: events of one account, each payload as a JSON string. The payload is valid UTF-8, so the string preserves
 * its bytes.
 */
const VERSION = 1;
// SQS rejects U+FFFE and U+FFFF, and some compatible queues reject all characters above them, so both are escaped in JSON.
// In the worst case a payload of 4-byte characters triples to 768 KiB, under SQS's 1 MiB.
const ESCAPED = /[\ud800-\udfff\ufffe\uffff]/g;

const EventInMessage = z.strictObject({
  id: z.string(),
  type: z.string(),
  source: z.enum(SOURCES),
  eventId: z.string().optional(),
  acceptedAt: z.int(),
  occurredAt: z.int(),
  payload: z.string(),
  about: z.string().optional(),
  hops: z.int().optional(),
});
const ResendRequest = z.strictObject({ eventId: z.string(), to: z.array(z.string()), at: z.int() });
const Message = z
  .strictObject({
    v: z.literal(VERSION),
    account: z.string(),
    events: z.array(EventInMessage),
    again: z.literal(true).optional(),
    resend: ResendRequest.optional(),
    /** The id of a recovery. */
    recovery: z.string().optional(),
  })
  .refine(({ events, resend, recovery }) => events.length > 0 || resend !== undefined || recovery !== undefined);

/** The part of a message for one event: its size decides how many events fit. */
export function encodeEvent({ account: _, payload, ...event }: Event): string {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8");
  return JSON.stringify({ ...event, payload: text }).replaceAll(
    ESCAPED,
    (unit) => `\\u${unit.charCodeAt(0).toString(16)}`,
  );
}

export function encodeEventMessage(account: string, encodedEvents: readonly string[], isAgain = false): string {
  const again = isAgain ? ',"again":true' : "";
  return `{"v":${VERSION},"account":${JSON.stringify(account)}${again},"events":[${encodedEvents.join(",")}]}`;
}

export function encodeResend({ account, ...request }: Resend): string {
  return JSON.stringify({ v: VERSION, account, events: [], resend: request });
}

export function encodeRecoveryStep({ account, id }: RecoveryStep): string {
  return JSON.stringify({ v: VERSION, account, events: [], recovery: id });
}

/** @throws if the body is not a valid message: it goes back to the queue, and finally to the dead-letter queue */
export function decodeEventMessage(body: string): EventMessage {
  const { account, events, again, resend, recovery } = Message.parse(JSON.parse(body));
  return {
    account,
    ...(again && { isAgain: true }),
    ...(resend !== undefined && { resend: { account, ...resend } }),
    ...(recovery !== undefined && { recovery: { account, id: recovery } }),
    events: events.map(({ eventId, about, hops, payload, ...event }) => ({
      ...event,
      account,
      ...(eventId !== undefined && { eventId }),
      ...(about !== undefined && { about }),
      ...(hops !== undefined && { hops }),
      payload: Buffer.from(payload),
    })),
  };
}
