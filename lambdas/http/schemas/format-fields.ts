import * as z from "zod";
import type { EndpointConfig } from "../../endpoints/model/endpoint.ts";
import { PRESET_RULES, PRESETS } from "../../endpoints/model/preset.ts";
import { SUCCESS_RULES } from "../../endpoints/model/success-rule.ts";
import { ENCODINGS, FORMATS, XML_FORMATS } from "../../payload/formats.ts";
import { ID } from "../../shared/ids.ts";
import { LIMITS } from "../../shared/limits.ts";
import { shownAs } from "./fields.ts";

const anyOf = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");
const whole = (min: number, max: number) => {
  const allowed = `a whole number from ${min} to ${max}`;
  return z.int(allowed).min(min, allowed).max(max, allowed);
};

const Group = z
  .strictObject(
    {
      maxEvents: whole(1, LIMITS.groupEventsMax).default(LIMITS.groupEvents),
      maxBytes: whole(LIMITS.groupBytesMin, LIMITS.groupBytesMax).default(LIMITS.groupBytes),
      windowMs: whole(LIMITS.groupWindowMsMin, LIMITS.groupWindowMsMax).default(LIMITS.groupWindowMs),
    },
    'an object of "maxEvents", "maxBytes", "windowMs"',
  )
  .meta({
    description:
      "Sends events in groups, as an array in one POST: at most `maxEvents` events and `maxBytes` bytes of payloads, collected for about `windowMs`. `webhook-id` is the group's id; the events' ids are in `rappel-event-ids`.",
    example: { maxEvents: 100, maxBytes: 262_144, windowMs: 1_000 },
  });

const EndpointId = z.string("an endpoint's id").regex(ID.ep, "an endpoint's id: ep_ and 26 characters");
const ENDPOINT_ID_SCHEMA = { type: "string", pattern: ID.ep.source } as const;
const BACKUP_OF_ALLOWED = `an endpoint's id, or a list of at most ${LIMITS.backupOfMax}`;
const BackupOf = z
  .union([EndpointId.transform((id) => [id]), z.array(EndpointId).max(LIMITS.backupOfMax)], {
    error: BACKUP_OF_ALLOWED,
  })
  .transform((ids) => [...new Set(ids)])
  .meta({
    description:
      "Makes this endpoint the backup of one or several endpoints of the account. While one of them is suspended, the backup gets its events, if it subscribes to their types. It gets no other events.",
    example: "ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC",
    override: shownAs({
      anyOf: [ENDPOINT_ID_SCHEMA, { type: "array", maxItems: LIMITS.backupOfMax, items: ENDPOINT_ID_SCHEMA }],
    }),
  });

/** The format of requests and the success rule, for registered endpoints and for URLs that are only tested. */
export const formatFields = {
  preset: z
    .enum(PRESETS, anyOf(PRESETS))
    .default("standard")
    .meta({ description: "The platform whose rules are the defaults of format, success and retrySchedule." }),
  format: z.enum(FORMATS, anyOf(FORMATS)).exactOptional().meta({
    description:
      "`standard`: the payload in an envelope; `raw`: the payload alone; `mailjet`, `sarbacane`: flat objects as these platforms send them; `cloudevents`: CloudEvents 1.0, structured mode. Default: the preset's.",
  }),
  encoding: z
    .enum(ENCODINGS, anyOf(ENCODINGS))
    .default("json")
    .meta({ description: `The encoding of the format; \`xml\` only for ${XML_FORMATS.join(", ")}.` }),
  success: z
    .enum(SUCCESS_RULES, anyOf(SUCCESS_RULES))
    .exactOptional()
    .meta({ description: "Which responses are a success. Default: the preset's." }),
};

/** Grouping and backups, for registered endpoints. */
export const groupFields = { group: Group.exactOptional(), backupOf: BackupOf.exactOptional() };

type Chosen = Pick<EndpointConfig, "preset"> & Partial<Pick<EndpointConfig, "format" | "success">>;

/** Whether the format has this encoding. */
export function isWritable(chosen: Chosen & Pick<EndpointConfig, "encoding">): boolean {
  return chosen.encoding !== "xml" || XML_FORMATS.includes(withPreset(chosen).format);
}
/** The same in the OpenAPI document. */
export const NOT_WRITABLE_SCHEMA = {
  not: {
    properties: {
      encoding: { const: "xml" },
      format: { enum: FORMATS.filter((format) => !XML_FORMATS.includes(format)) },
    },
    required: ["encoding", "format"],
  },
} as const;
export const notWritable = {
  error: `"json" for this format: "xml" is only for ${anyOf(XML_FORMATS)}`,
  path: ["encoding"],
};

/** Adds the preset's rules. */
export function withPreset<T extends Chosen>(chosen: T): T & Pick<EndpointConfig, "format" | "success"> {
  return { ...PRESET_RULES[chosen.preset], ...chosen };
}
