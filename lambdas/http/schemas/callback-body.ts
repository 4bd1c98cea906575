import * as z from "zod";
import {
  CALLBACK_TYPE_NAMES,
  CALLBACK_TYPES,
  type CallbackType,
  type CallbackWithTarget,
  isCallbackType,
} from "../../mailjet/model/callback.ts";
import { UrlField } from "./endpoint-body.ts";
import { unmaskedUrl } from "./endpoint-patch.ts";
import { parseFields } from "./parse-fields.ts";
import { withUserinfo } from "./url-field.ts";

/** Mailjet's fields. Its samples and clients also write `"false"`, `"1"`, `OPEN`; the router takes their names in any case. */
const TYPE_ALLOWED = `one of ${CALLBACK_TYPE_NAMES.join(", ")}`;
const typeByNumber = new Map(Object.entries(CALLBACK_TYPES).map(([name, number]) => [String(number), name] as const));

export const CallbackTypeField = z
  .union([z.string(), z.int()], TYPE_ALLOWED)
  .transform((text, context): CallbackType => {
    const name = typeByNumber.get(String(text)) ?? String(text).toLowerCase();
    if (isCallbackType(name)) return name;
    context.addIssue({ code: "custom", message: TYPE_ALLOWED });
    return z.NEVER;
  })
  .meta({
    description: "Mailjet's name of an event type.",
    example: "open",
    override: { type: "string", enum: [...CALLBACK_TYPE_NAMES] },
  });

export const BooleanField = z
  .union([z.boolean(), z.string().regex(/^(true|false|1|0)$/i), z.literal([0, 1])], "true or false")
  .transform((value) => ["true", "1"].includes(String(value).toLowerCase()))
  .meta({ override: { type: "boolean" } });

export const VersionField = z
  .union([z.literal([1, 2]), z.enum(["1", "2"])], "1 or 2")
  .transform((value): 1 | 2 => (String(value) === "1" ? 1 : 2))
  .meta({
    description: "1: one event per POST. 2: an array of the events of about one second.",
    override: { type: "integer", enum: [1, 2] },
  });

export const StatusField = z
  .string('"alive" or "dead"')
  .toLowerCase()
  .pipe(z.enum(["alive", "dead"], '"alive" or "dead"'))
  .meta({
    description: "`dead`: suspended or paused. Writing `alive` resumes it, writing `dead` pauses it.",
    override: { type: "string", enum: ["alive", "dead"] },
  });

/** Fields of a response that may be sent back, but cannot be changed. */
const ReadOnlyId = z.union([z.number(), z.string()], "a number").nullish();
const readOnly = { ID: ReadOnlyId, APIKeyID: ReadOnlyId };

/** The body of `POST /v3/REST/eventcallbackurl`, also used to check a callback after a change. */
export const CallbackBody = z
  .strictObject(
    {
      EventType: CallbackTypeField,
      IsBackup: BooleanField.default(false).meta({
        description: "A backup URL, used while the first one is suspended.",
      }),
      Status: StatusField.optional(),
      Url: UrlField,
      Version: VersionField.default(1),
      ...readOnly,
    },
    "a JSON object",
  )
  .transform(({ EventType, IsBackup, Status, Url, Version }) => ({
    ...Url,
    eventType: EventType,
    isBackup: IsBackup,
    version: Version,
    ...(Status !== undefined && { isAlive: Status === "alive" }),
  }))
  .meta({ id: "EventCallbackUrlInput" });

/** The body of `PUT`: missing fields stay as they are. */
export const CallbackChangeBody = z
  .strictObject(
    {
      EventType: CallbackTypeField.optional(),
      IsBackup: BooleanField.optional(),
      Status: StatusField.optional(),
      Url: z.string("an http:// or https:// URL").optional(),
      Version: VersionField.optional(),
      ...readOnly,
    },
    "a JSON object",
  )
  .meta({ id: "EventCallbackUrlChange" });

/** A changed callback. A masked password in the url keeps the stored one, for the same user and server only. */
export function changedBy(
  change: z.output<typeof CallbackChangeBody>,
): (present: CallbackWithTarget) => z.output<typeof CallbackBody> {
  return ({ eventType, isBackup, version, ...at }) => {
    const { EventType = eventType, IsBackup = isBackup, Version = version, Status, Url } = change;
    const stored = at.userinfo === undefined ? at.url : withUserinfo(at.url, at.userinfo);
    return parseFields(CallbackBody, {
      EventType,
      IsBackup,
      Version,
      ...(Status !== undefined && { Status }),
      Url: Url === undefined ? stored : unmaskedUrl(Url, at),
    });
  };
}
