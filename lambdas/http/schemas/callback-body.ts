import * as z from "zod";
import {
  CALLBACK_TYPE_NAMES,
  CALLBACK_TYPES,
  type CallbackType,
  type CallbackWithTarget,
  isCallbackType,
  REGISTRABLE_TYPES,
} from "../../mailjet/model/callback.ts";
import { LIMITS } from "../../shared/limits.ts";
import { UrlField } from "./endpoint-body.ts";
import { unmaskedUrl } from "./endpoint-patch.ts";
import { shownAs } from "./fields.ts";
import { parseFields } from "./parse-fields.ts";
import { maskedText, URL_SCHEMA, withUserinfo } from "./url-field.ts";

/** Mailjet's fields. Its samples and clients also write `"false"`, `"1"`, `OPEN`; the router takes their names in any case. */
const TYPE_ALLOWED = `one of ${REGISTRABLE_TYPES.join(", ")}`;
const NOT_INBOUND =
  "parseapi is not supported, because its payload is an inbound e-mail, and this service receives no e-mails";
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
    override: shownAs({ type: "string", enum: [...CALLBACK_TYPE_NAMES] }),
  });

export const BooleanField = z
  .union([z.boolean(), z.string().regex(/^(true|false|1|0)$/i), z.literal([0, 1])], "true or false")
  .transform((value) => ["true", "1"].includes(String(value).toLowerCase()))
  .meta({ override: shownAs({ type: "boolean" }) });

export const VersionField = z
  .union([z.literal([1, 2]), z.enum(["1", "2"])], "1 or 2")
  .transform((value): 1 | 2 => (String(value) === "1" ? 1 : 2))
  .meta({
    description: "1: one event per POST. 2: an array of the events of about one second.",
    override: shownAs({ type: "integer", enum: [1, 2] }),
  });

export const StatusField = z
  .string('"alive" or "dead"')
  .toLowerCase()
  .pipe(z.enum(["alive", "dead"], '"alive" or "dead"'))
  .meta({
    description: "`dead`: suspended or paused. Writing `alive` resumes it, writing `dead` pauses it.",
    override: shownAs({ type: "string", enum: ["alive", "dead"] }),
  });

const URL_ALLOWED = "an http:// or https:// URL";

/** A url with the text that responses show. */
const CallbackUrl = z
  .string(URL_ALLOWED)
  .transform((text, context) => {
    const parsed = UrlField.safeParse(text);
    if (parsed.success) return { ...parsed.data, shownUrl: maskedText(text, parsed.data) };
    context.addIssue({ code: "custom", message: parsed.error.issues[0]?.message ?? URL_ALLOWED });
    return z.NEVER;
  })
  .meta({
    description: "The URL that events are POSTed to. Responses show it as it was given, with `***` for a password.",
    example: "https://example.com/webhooks",
    override: shownAs(URL_SCHEMA),
  });

/** The type of a callback that is registered or changed. */
const RegistrableType = CallbackTypeField.refine((type) => REGISTRABLE_TYPES.includes(type), {
  error: `${TYPE_ALLOWED}; ${NOT_INBOUND}`,
}).meta({
  description: "Mailjet's name of an event type. `parseapi` (inbound e-mail) is not supported.",
  example: "open",
  override: shownAs({ type: "string", enum: [...REGISTRABLE_TYPES] }),
});

/** Fields of a response that may be sent back, but cannot be changed. */
const ReadOnlyId = z.union([z.number(), z.string()], "a number").nullish();
const readOnly = { ID: ReadOnlyId, APIKeyID: ReadOnlyId };

/** The body of `POST /v3/REST/eventcallbackurl`, also used to check a callback after a change. */
export const CallbackBody = z
  .strictObject(
    {
      EventType: RegistrableType,
      IsBackup: BooleanField.default(false).meta({
        description: "A backup URL, used while the first one is suspended.",
      }),
      Status: StatusField.optional(),
      Url: CallbackUrl,
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
      EventType: RegistrableType.optional(),
      IsBackup: BooleanField.optional(),
      Status: StatusField.optional(),
      Url: z
        .string(URL_ALLOWED)
        .max(LIMITS.urlChars, `at most ${LIMITS.urlChars} characters`)
        .meta({ example: "https://example.com/webhooks", override: shownAs(URL_SCHEMA) })
        .optional(),
      Version: VersionField.optional(),
      ...readOnly,
    },
    "a JSON object",
  )
  .meta({ id: "EventCallbackUrlChange" });

/** A changed callback. A masked password in the url keeps the stored one, for the same user and server only. */
export function changedBy(
  change: z.output<typeof CallbackChangeBody>,
): (present: CallbackWithTarget) => Omit<z.output<typeof CallbackBody>, "shownUrl"> & { shownUrl?: string } {
  return ({ eventType, isBackup, version, shownUrl, ...at }) => {
    const { EventType = eventType, IsBackup = isBackup, Version = version, Status, Url } = change;
    const stored = at.userinfo === undefined ? at.url : withUserinfo(at.url, at.userinfo);
    const { shownUrl: _, ...changed } = parseFields(CallbackBody, {
      EventType,
      IsBackup,
      Version,
      ...(Status !== undefined && { Status }),
      Url: Url === undefined ? stored : unmaskedUrl(Url, at),
    });
    const shown = Url === undefined ? shownUrl : maskedText(Url, changed);
    return { ...changed, ...(shown !== undefined && { shownUrl: shown }) };
  };
}
