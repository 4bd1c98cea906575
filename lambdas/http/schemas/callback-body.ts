import * as z from "zod";
import {
  CALLBACK_TYPE_NAMES,
  CALLBACK_TYPES,
  type CallbackType,
  type CallbackWithTarget,
  isCallbackType,
} from "../../mailjet/model/callback.ts";
import { parseFields } from "../body.ts";
import { UrlField } from "./endpoint-body.ts";
import { unmaskedUrl } from "./endpoint-patch.ts";
import { withUserinfo } from "./url-field.ts";

/** Mailjet's fields, by its names and in its spellings: its samples write `"false"` and `"1"` too. */
const TYPE_ALLOWED = `one of ${CALLBACK_TYPE_NAMES.join(", ")}`;
const typeByNumber = new Map(Object.entries(CALLBACK_TYPES).map(([name, number]) => [String(number), name] as const));

export const CallbackTypeField = z
  .union([z.string(), z.int()], TYPE_ALLOWED)
  .transform((text, context): CallbackType => {
    const name = typeByNumber.get(String(text)) ?? String(text);
    if (isCallbackType(name)) return name;
    context.addIssue({ code: "custom", message: TYPE_ALLOWED });
    return z.NEVER;
  })
  .meta({
    description: "Mailjet's name of an event's type.",
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
    description: "1: one event a POST; 2: an array of the events of about one second.",
    override: { type: "integer", enum: [1, 2] },
  });

export const StatusField = z.enum(["alive", "dead"], '"alive" or "dead"').meta({
  description: "`dead`: it is suspended or paused. Writing `alive` resumes it, `dead` pauses it.",
});

/** What may come back with a read and is nobody's to change. */
const readOnly = { ID: z.unknown().optional(), APIKeyID: z.unknown().optional() };

/** The body of `POST /v3/REST/eventcallbackurl`, and what a changed callback must still be. */
export const CallbackBody = z
  .strictObject(
    {
      EventType: CallbackTypeField,
      IsBackup: BooleanField.default(false).meta({ description: "The second URL, used while the first is suspended." }),
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

/** The body of `PUT`: what is left out stays as it is. */
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

/** A changed callback. A url that comes back with its mask, as it was read, keeps the stored password for the same server. */
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
