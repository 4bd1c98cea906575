import * as z from "zod";
import { ACCOUNT } from "../../accounts/model/account.ts";
import { EVENT_TYPE } from "../../events/model/event.ts";
import { isOperational, OPERATIONAL_PREFIX } from "../../events/model/operational-types.ts";
import { ID } from "../../shared/ids.ts";
import { LIMITS } from "../../shared/limits.ts";

/**
 * The fields that several routes share. The message of a rejected field says what is allowed.
 */
export const AccountName = z
  .string("a string")
  .regex(ACCOUNT, "1-64 of A-Z a-z 0-9 _ -")
  .meta({ description: "The account's name.", example: "acme" });

export const EventTypeName = z
  .string("a string")
  .regex(EVENT_TYPE, "1-128 of A-Z a-z 0-9 _ . -")
  .meta({ description: "What happened.", example: "email.opened" });

/** A type that a producer may send. */
export const SendableType = EventTypeName.refine((type) => !isOperational(type), {
  error: `a type that does not start with "${OPERATIONAL_PREFIX}", which is reserved for operational webhooks`,
});

export const ProducerEventId = z
  .string("a string")
  .regex(/^[\x20-\x7e]{1,255}$/, "1-255 printable ASCII characters")
  .meta({ description: "The producer's id of the event.", example: "order-1042/paid" });

const INSTANT_ALLOWED = "RFC 3339 with a time zone, from 1970 to 9999, such as 2026-11-21T12:00:00.000Z";
const YEAR_10000 = 253_402_300_800_000;
export const Instant = z.iso
  .datetime({ offset: true, error: INSTANT_ALLOWED })
  .refine((text) => Date.parse(text) >= 0 && Date.parse(text) < YEAR_10000, { error: INSTANT_ALLOWED })
  .meta({ example: "2026-11-21T12:00:00.000Z" });

export const EventIdParam = z
  .string()
  .regex(ID.evt, "evt_ and 26 characters")
  .meta({ example: "evt_01JD7X1RZ8M3V0A6Q5T2Y9WKBC" });
export const EndpointIdParam = z
  .string()
  .regex(ID.ep, "ep_ and 26 characters")
  .meta({ example: "ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC" });

export const Limit = z
  .string()
  .regex(/^\d{1,3}$/, `a whole number from 1 to ${LIMITS.pageMax}`)
  .transform(Number)
  .refine((limit) => limit >= 1 && limit <= LIMITS.pageMax, { error: `a whole number from 1 to ${LIMITS.pageMax}` })
  .default(LIMITS.pageDefault)
  .meta({
    description: `Items per page, 1-${LIMITS.pageMax}.`,
    override: { type: "integer", minimum: 1, maximum: LIMITS.pageMax, default: LIMITS.pageDefault },
  });

/** A position in a list, opaque to callers: the last id of the page before, in base64url. */
const cursorFor = (idForm: RegExp) =>
  z
    .string()
    .max(100, "an unchanged nextCursor of this list")
    .transform((cursor, context) => {
      const id = Buffer.from(cursor, "base64url").toString("utf8");
      if (idForm.test(id)) return id;
      context.addIssue({ code: "custom", message: "an unchanged nextCursor of this list" });
      return z.NEVER;
    })
    .meta({ description: "The `nextCursor` of the page before.", override: { type: "string" } });
export const EventCursor = cursorFor(ID.evt);
export const EndpointCursor = cursorFor(ID.ep);
export const AccountCursor = cursorFor(ACCOUNT);
export const KeyIdParam = z
  .string()
  .regex(ID.key, "key_ and 26 characters")
  .meta({ example: "key_01JD7X1RZ8M3V0A6Q5T2Y9WKBC" });

/** Free text. An unpaired surrogate has no UTF-8 encoding, so it could not be stored. */
export const textOf = (maxChars: number) =>
  z
    .string("a string")
    .max(maxChars, `at most ${maxChars} characters`)
    .refine((text) => text.isWellFormed(), { error: "well-formed Unicode, without unpaired surrogates" });

export const Label = textOf(LIMITS.nameChars).meta({ description: "A display name." });

export function cursorOf(id: string | undefined): string | null {
  return id === undefined ? null : Buffer.from(id).toString("base64url");
}

export const timeText = (at: number) => new Date(at).toISOString();
