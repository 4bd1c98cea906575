import * as z from "zod";
import type { SentEvent, Source } from "../events/model/event.ts";
import { type Json, type Span, scanJson, valueAt } from "../payload/json-scan.ts";
import { type FieldError, RappelError } from "../shared/errors.ts";
import { LIMITS } from "../shared/limits.ts";
import { type Caller, requireOwnAccount } from "./caller.ts";
import { EventFields } from "./schemas/event-body.ts";
import { fieldErrors } from "./schemas/field-errors.ts";
import { SendableType } from "./schemas/fields.ts";

export interface SentEvents {
  readonly events: readonly SentEvent[];
  /** Whether an array was sent: the answer is one then, too. */
  readonly isBatch: boolean;
}

/** Reads the body of `POST /v1/events`. @throws {RappelError} for an error that the producer must correct */
export function readEvents(body: Uint8Array): SentEvents {
  return readEach(body, (item, pointer) => {
    if (item.members === undefined)
      return [{ pointer, detail: "must be an object", allowed: 'an object with "type" and "data"' }];
    const { data, ...small } = Object.fromEntries(item.members);
    const values = smallValues(body, small);
    const parsed = EventFields.safeParse(values);
    const errors = parsed.success ? [] : fieldErrors(parsed.error, pointer, values);
    if (data === undefined)
      errors.push({ pointer: `${pointer}/data`, detail: "is missing", allowed: "any JSON value" });
    if (!parsed.success || data === undefined) return errors;
    const { type, account, eventId, timestamp } = parsed.data;
    const payload = payloadOf(body, data, pointer);
    return {
      type,
      payload,
      ...(account !== undefined && { account }),
      ...(eventId !== undefined && { eventId }),
      ...(timestamp !== undefined && { occurredAt: Date.parse(timestamp) }),
    };
  });
}

/**
 * Gives each event its account: the one that it names, by default the request's.
 * @throws {RappelError} `ACCOUNT_REQUIRED` if an operator named none, `ACCOUNT_NOT_FOUND` if an account names another
 */
export function withAccounts<T extends SentEvent>(
  events: readonly T[],
  { account, isOperator }: Pick<Caller, "account" | "isOperator">,
): (T & { readonly account: string })[] {
  return events.map((event, index) => {
    if (!isOperator && account !== undefined) requireOwnAccount(account, event.account);
    const owner = event.account ?? account;
    if (owner === undefined)
      throw new RappelError(
        "ACCOUNT_REQUIRED",
        `Event ${index} names no account: with an operator key, set its "account" or the header Rappel-Account`,
      );
    return { ...event, account: owner };
  });
}

/** Reads a platform's flat objects: the type is in `event` (Mailjet) or `type` (Sarbacane), the whole object is the payload. */
export function readSourceEvents(source: Exclude<Source, "api" | "rappel">, body: Uint8Array): SentEvents {
  const field = source === "mailjet" ? "event" : "type";
  return readEach(body, (item, pointer) => {
    const span = item.members?.get(field);
    const values = span === undefined ? {} : smallValues(body, { [field]: span });
    const parsed = z.object({ [field]: SendableType }).safeParse(values);
    const type = parsed.data?.[field];
    if (item.members === undefined)
      return [{ pointer, detail: "must be an object", allowed: `a flat object with "${field}"` }];
    if (type === undefined) return fieldErrors(parsed.error ?? new z.ZodError([]), pointer, values);
    return { type, payload: payloadOf(body, item, pointer) };
  });
}

function readEach(body: Uint8Array, read: (item: Json, pointer: string) => SentEvent | FieldError[]): SentEvents {
  if (body.length > LIMITS.requestBytes) {
    throw new RappelError(
      "REQUEST_TOO_LARGE",
      `The request has ${body.length} bytes; at most ${LIMITS.requestBytes} are allowed`,
    );
  }
  const json = scanJson(body);
  const isBatch = json.items !== undefined;
  const items = json.items ?? [json];
  if (items.length > LIMITS.requestEvents) {
    throw new RappelError(
      "TOO_MANY_EVENTS",
      `The request has ${items.length} events; at most ${LIMITS.requestEvents} are allowed`,
    );
  }
  const events: SentEvent[] = [];
  const errors: FieldError[] =
    items.length === 0 ? [{ pointer: "", detail: "is empty", allowed: `1 to ${LIMITS.requestEvents} events` }] : [];
  for (const [index, item] of items.entries()) {
    const event = read(item, isBatch ? `/${index}` : "");
    if (!Array.isArray(event)) events.push(event);
    else if (errors.length < LIMITS.fieldErrors) errors.push(...event);
  }
  if (errors.length > 0)
    throw new RappelError("FIELDS_INVALID", "Some fields are invalid; no event was accepted", {
      errors: errors.slice(0, LIMITS.fieldErrors),
    });
  return { events, isBatch };
}

/** The values of all members except the payload. A long value cannot be valid, so it is not parsed. */
function smallValues(body: Uint8Array, members: Record<string, Span>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).map(([name, span]) => [
      name,
      span.end - span.start > LIMITS.fieldBytes ? false : valueAt(body, span),
    ]),
  );
}

function payloadOf(body: Uint8Array, { start, end }: Span, pointer: string): Uint8Array {
  if (end - start > LIMITS.payloadBytes) {
    throw new RappelError(
      "PAYLOAD_TOO_LARGE",
      `The payload${pointer === "" ? "" : ` at ${pointer}`} has ${end - start} bytes; at most ${LIMITS.payloadBytes} are allowed`,
    );
  }
  return body.subarray(start, end);
}
