import * as z from "zod";
import type { ZodOpenApiOverrideMeta, ZodOpenApiSchemaObject } from "zod-openapi";
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
  .meta({ description: "The account's name.", example: "acme", override: { minLength: 1, maxLength: 64 } });

const TYPE_LENGTH = { minLength: 1, maxLength: 128 };
export const EventTypeName = z
  .string("a string")
  .regex(EVENT_TYPE, "1-128 of A-Z a-z 0-9 _ . -")
  .meta({ description: "What happened.", example: "email.opened", override: TYPE_LENGTH });

/** A type that a producer may send. */
export const SendableType = EventTypeName.refine((type) => !isOperational(type), {
  error: `a type that does not start with "${OPERATIONAL_PREFIX}", which is reserved for operational webhooks`,
}).meta({ override: { ...TYPE_LENGTH, pattern: "^(?!rappel\\.)[A-Za-z0-9_.-]{1,128}$" } });

export const ProducerEventId = z
  .string("a string")
  .regex(/^[\x20-\x7e]{1,255}$/, "1-255 printable ASCII characters")
  .meta({
    description: "The producer's id of the event.",
    example: "order-1042/paid",
    override: { minLength: 1, maxLength: 255 },
  });

const INSTANT_ALLOWED = "RFC 3339 with a time zone, from 1970 to 9999, such as 2026-11-21T12:00:00.000Z";
const YEAR_10000 = 253_402_300_800_000;
// Simpler than zod's own pattern, which lists leap years: `format` says that the date exists.
const INSTANT_PATTERN =
  "^(19[7-9]\\d|[2-9]\\d{3})-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d+)?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)$";
export const Instant = z.iso
  .datetime({ offset: true, error: INSTANT_ALLOWED })
  .refine((text) => Date.parse(text) >= 0 && Date.parse(text) < YEAR_10000, { error: INSTANT_ALLOWED })
  .meta({ example: "2026-11-21T12:00:00.000Z", override: { pattern: INSTANT_PATTERN } });

// 24 to 64 bytes: 8 to 20 groups of three and a rest, 21 groups, or 21 groups and one byte. The bits that base64 leaves over are 0.
const SECRET =
  /^whsec_(?:(?:[A-Za-z0-9+/]{4}){8,20}(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?|(?:[A-Za-z0-9+/]{4}){21}(?:[A-Za-z0-9+/][AQgw]==)?)$/;
/** A signing secret of the user's own. Source: Standard Webhooks 1.0.0. */
export const OwnSecret = z
  .string("a string")
  .regex(SECRET, "whsec_ and 24 to 64 bytes in standard base64, with padding")
  .meta({
    description:
      "A signing secret of your own, so that receivers keep the one they verify with: `whsec_` and 24 to 64 random bytes in standard base64. Default: a new one.",
    // No example: a copied one would be a secret that everyone knows.
    override: { minLength: 38, maxLength: 94 },
  });

export const EventIdParam = z
  .string()
  .regex(ID.evt, "evt_ and 26 characters")
  .meta({ example: "evt_01JD7X1RZ8M3V0A6Q5T2Y9WKBC" });
export const EndpointIdParam = z
  .string()
  .regex(ID.ep, "ep_ and 26 characters")
  .meta({ example: "ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC" });

export const RecoveryIdParam = z
  .string()
  .regex(ID.rec, "rec_ and 26 characters")
  .meta({ example: "rec_01JD7X1RZ8M3V0A6Q5T2Y9WKBC" });

export const Limit = z
  .string()
  .regex(/^\d{1,3}$/, `a whole number from 1 to ${LIMITS.pageMax}`)
  .transform(Number)
  .refine((limit) => limit >= 1 && limit <= LIMITS.pageMax, { error: `a whole number from 1 to ${LIMITS.pageMax}` })
  .default(LIMITS.pageDefault)
  .meta({
    description: `Items per page, 1-${LIMITS.pageMax}.`,
    override: shownAs({ type: "integer", minimum: 1, maximum: LIMITS.pageMax, default: LIMITS.pageDefault }),
  });

/** A position in a list, opaque to callers: the last id of the page before, in base64url. */
const cursorFor = (idForm: RegExp, example: string, minBytes = example.length, maxBytes = example.length) =>
  z
    .string()
    .transform((cursor, context) => {
      const id = Buffer.from(cursor, "base64url").toString("utf8");
      if (idForm.test(id) && cursorOf(id) === cursor) return id;
      context.addIssue({ code: "custom", message: "an unchanged nextCursor of this list" });
      return z.NEVER;
    })
    .meta({
      description: "The `nextCursor` of the page before.",
      example: cursorOf(example),
      override: shownAs({
        type: "string",
        minLength: Math.ceil((minBytes * 4) / 3),
        maxLength: Math.ceil((maxBytes * 4) / 3),
        pattern: "^[A-Za-z0-9_-]+$",
      }),
    });
const idPattern = ({ source }: RegExp) => source.slice(1, -1); // without ^ and $
export const EventCursor = cursorFor(ID.evt, "evt_01JD7X1RZ8M3V0A6Q5T2Y9WKBC");
export const DeliveryCursor = cursorFor(
  new RegExp(`^${idPattern(ID.evt)}(?:[#!]${idPattern(ID.ep)})?$`),
  "evt_01JD7X1RZ8M3V0A6Q5T2Y9WKBC",
  30,
  60,
);
export const ActivityCursor = cursorFor(ID.act, "act_01JD7X1RZ8M3V0A6Q5T2Y9WKBC");
export const EndpointCursor = cursorFor(ID.ep, "ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC");
export const RecoveryCursor = cursorFor(ID.rec, "rec_01JD7X1RZ8M3V0A6Q5T2Y9WKBC");
export const AccountCursor = cursorFor(ACCOUNT, "acme", 1, 64);
export const KeyIdParam = z
  .string()
  .regex(ID.key, "key_ and 26 characters")
  .meta({ example: "key_01JD7X1RZ8M3V0A6Q5T2Y9WKBC" });
export const SessionIdParam = z
  .string()
  .regex(ID.ses, "ses_ and 26 characters")
  .meta({ example: "ses_01JD7X1RZ8M3V0A6Q5T2Y9WKBC" });

/**
 * Free text. An unpaired surrogate has no UTF-8 encoding, so it could not be stored.
 * @param maxChars Unicode characters, as JSON Schema counts them
 */
export const textOf = (maxChars: number) =>
  z
    .string("a string")
    .refine((text) => text.length <= maxChars || [...text].length <= maxChars, {
      error: `at most ${maxChars} characters`,
      abort: true,
    })
    .refine((text) => text.isWellFormed(), { error: "well-formed Unicode, without unpaired surrogates" })
    .meta({ override: { maxLength: maxChars } });

export const Label = textOf(LIMITS.nameChars).meta({ description: "A display name." });

export function cursorOf(id: string): string;
export function cursorOf(id: string | undefined): string | null;
export function cursorOf(id: string | undefined): string | null {
  return id === undefined ? null : Buffer.from(id).toString("base64url");
}

export const timeText = (at: number) => new Date(at).toISOString();

/** Metadata that shows a field in the OpenAPI document as this schema, without the rules that zod adds to it. */
export function shownAs(shown: ZodOpenApiSchemaObject): ZodOpenApiOverrideMeta {
  return ({ jsonSchema }) => {
    const { description, example, default: byDefault } = jsonSchema;
    const kept = { description, example, default: byDefault };
    for (const name of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, name);
    const known = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
    Object.assign(jsonSchema, known, shown);
  };
}
