import { createHash } from "node:crypto";
import * as z from "zod";
import type { Attempt } from "../../delivery/model/attempt.ts";
import { CALLBACK_TYPE_NAMES, type CallbackType, type CallbackWithTarget } from "../../mailjet/model/callback.ts";
import type { CallbackQuery } from "../schemas/callback-query.ts";
import { shownUrl } from "../schemas/url-field.ts";
import { bodyText } from "./delivery-views.ts";

/** Mailjet's envelope: the number of rows in this response, and in total. */
const envelopeOf = <S extends z.ZodType>(row: S, id: string) =>
  z.strictObject({ Count: z.int(), Data: z.array(row), Total: z.int() }).meta({ id });

const TypeName = z.enum(CALLBACK_TYPE_NAMES);
export const CallbackRows = envelopeOf(
  z.strictObject({
    APIKeyID: z.int(),
    EventType: TypeName,
    ID: z.int(),
    IsBackup: z.boolean(),
    Status: z.enum(["alive", "dead"]),
    Url: z.string().meta({ description: "As it was given, with *** for a password." }),
    Version: z.int(),
  }),
  "EventCallbackUrls",
);
export const CallbackTestRows = envelopeOf(
  z.strictObject({
    ID: z.int(),
    EventType: TypeName,
    Outcome: z.string().meta({ description: "`success`, or the kind of failure." }),
    HttpStatus: z.int().nullable(),
    DurationMs: z.int(),
    Response: z.string().nullable(),
    Reason: z.string().nullable(),
  }),
  "EventCallbackUrlTests",
);

interface CallbackAndStatus {
  readonly callback: CallbackWithTarget;
  readonly isAlive: boolean;
}
type Row = z.output<typeof CallbackRows>["Data"][number];

export function callbackRow(callback: CallbackAndStatus): z.output<typeof CallbackRows> {
  return { Count: 1, Data: [rowOf(callback)], Total: 1 };
}

/** The rows that match a list's query. */
export function callbackRows(
  all: readonly CallbackAndStatus[],
  query: z.output<typeof CallbackQuery>,
): z.output<typeof CallbackRows> {
  const { Limit, Offset, Sort, countOnly } = query;
  const wanted = all.map(rowOf).filter((row) => isMatch(row, query));
  const sorted = wanted.toSorted((a, b) => (Sort === "DESC" ? b.ID - a.ID : a.ID - b.ID));
  if (countOnly) return { Count: sorted.length, Data: [], Total: sorted.length };
  const page = sorted.slice(Offset, Offset + Limit);
  return { Count: page.length, Data: page, Total: sorted.length };
}

function isMatch(
  row: Row,
  { EventType = row.EventType, Status = row.Status, Version = row.Version, Backup = row.IsBackup }: Filter,
): boolean {
  return row.EventType === EventType && row.Status === Status && row.Version === Version && row.IsBackup === Backup;
}

interface Filter {
  readonly EventType?: CallbackType | undefined;
  readonly Status?: string | undefined;
  readonly Version?: number | undefined;
  readonly Backup?: boolean | undefined;
}

export function callbackTestRow({ callback, attempt }: { callback: CallbackWithTarget; attempt: Attempt }) {
  const { outcome, answer, durationMs, reason = null } = attempt;
  const row = {
    ID: callback.id,
    EventType: callback.eventType,
    Outcome: outcome,
    HttpStatus: answer?.status ?? null,
    DurationMs: durationMs,
    Response: bodyText(answer?.body),
    Reason: reason,
  };
  return { Count: 1, Data: [row], Total: 1 } satisfies z.output<typeof CallbackTestRows>;
}

/** A number derived from a key's id, because Mailjet's key ids are numbers. 31 bits, which fit any client's integer. */
export function apiKeyIdOf({ id }: { readonly id: string }): number {
  return createHash("sha256").update(id).digest().readUInt32BE() >>> 1;
}

function rowOf({ callback, isAlive }: CallbackAndStatus): Row {
  return {
    APIKeyID: callback.apiKeyId,
    EventType: callback.eventType,
    ID: callback.id,
    IsBackup: callback.isBackup,
    Status: isAlive ? "alive" : "dead",
    Url: callback.shownUrl ?? shownUrl(callback),
    Version: callback.version,
  };
}
