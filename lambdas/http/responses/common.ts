import * as z from "zod";

/** The fields and lists that the API's responses share. The tests check every response against its schema. */
export const At = z.iso
  .datetime()
  .meta({ description: "RFC 3339, UTC, milliseconds.", example: "2026-11-21T12:00:00.000Z" });

export const StatusReasonParams = z
  .strictObject({ attempts: z.int().optional().meta({ description: "How many attempts failed." }) })
  .meta({
    id: "StatusReasonParams",
    description: "The parameters of `attempts_failed` and `all_attempts_failed`; empty for all other codes.",
  });

export const listOf = <T extends z.ZodType>(item: T, id: string) =>
  z.strictObject({ data: z.array(item), nextCursor: z.string().nullable() }).meta({ id });

/** For lists with filters. */
export const ScannedUntil = At.nullable().meta({
  description:
    "How far the list has been read: nothing that was accepted later is missing from this page and the ones before it. null at the end of the list.",
});

export const Problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    offset: z.int().optional().meta({ description: "JSON_INVALID: the offset of the first wrong byte." }),
    errors: z
      .array(
        z
          .strictObject({
            pointer: z.string(),
            detail: z.string(),
            allowed: z.string().optional(),
            value: z.unknown().optional(),
          })
          .meta({ id: "FieldError", description: "A rejected field, and what is allowed." }),
      )
      .optional(),
  })
  .meta({ id: "Problem", description: "RFC 9457 problem details." });
