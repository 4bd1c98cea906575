import * as z from "zod";
import { CALLBACK_TYPE_NAMES } from "../../mailjet/model/callback.ts";
import { LIMITS } from "../../shared/limits.ts";
import { BooleanField, CallbackTypeField, StatusField, VersionField } from "./callback-body.ts";
import { shownAs } from "./fields.ts";

const NAME_ALLOWED = "an ID, or EventType|IsBackup such as open|false";

/** An ID, or `open|false`. The bar may be escaped or not, depending on the gateway. */
const Name = z
  .string()
  .transform((text, context) => {
    const [type = "", isBackup, ...more] = text.replace(/%7c/i, "|").split("|");
    if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
    const [named, rank] = [CallbackTypeField.safeParse(type), BooleanField.safeParse(isBackup)];
    if (named.success && rank.success && more.length === 0) return { eventType: named.data, isBackup: rank.data };
    context.addIssue({ code: "custom", message: NAME_ALLOWED });
    return z.NEVER;
  })
  .meta({
    description: `${NAME_ALLOWED}.`,
    example: "open|false",
    override: shownAs({
      type: "string",
      pattern: `^([1-9][0-9]{0,14}|(${CALLBACK_TYPE_NAMES.join("|")})[|](true|false))$`,
    }),
  });
/** The path parameter of one callback. */
export const CallbackId = z.strictObject({ id: Name });

const OFFSET_MAX = 999_999_999;

const wholeText = (max: number) => {
  const allowed = `a whole number from 0 to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, allowed)
    .transform(Number)
    .refine((number) => number <= max, { error: allowed });
};

/** The filters of the list of callbacks. */
export const CallbackQuery = z.strictObject({
  EventType: CallbackTypeField.optional(),
  Status: StatusField.optional(),
  Version: VersionField.optional(),
  Backup: BooleanField.optional(),
  Limit: wholeText(LIMITS.callbackRowsMax)
    .transform((limit) => limit || LIMITS.callbackRowsMax)
    .default(LIMITS.callbackRows)
    .meta({
      description: `Rows, at most ${LIMITS.callbackRowsMax}; 0 means ${LIMITS.callbackRowsMax} too.`,
      override: shownAs({ type: "integer", minimum: 0, maximum: LIMITS.callbackRowsMax, default: LIMITS.callbackRows }),
    }),
  Offset: wholeText(OFFSET_MAX)
    .default(0)
    .meta({
      description: "Rows to skip.",
      override: shownAs({ type: "integer", minimum: 0, maximum: OFFSET_MAX, default: 0 }),
    }),
  Sort: z
    .string()
    .regex(/^ID([ +](ASC|DESC))?$/i, "ID, ID ASC or ID DESC")
    .transform((text) => (/desc$/i.test(text) ? "DESC" : "ASC"))
    .default("ASC")
    .meta({
      description: "`ID`, or `ID DESC`, in any case.",
      override: shownAs({ type: "string", default: "ID", pattern: "^[Ii][Dd]([ +]([Aa][Ss][Cc]|[Dd][Ee][Ss][Cc]))?$" }),
    }),
  countOnly: BooleanField.default(false).meta({ description: "Returns only the number of rows." }),
});
