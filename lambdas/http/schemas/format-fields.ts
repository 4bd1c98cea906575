import * as z from "zod";
import type { EndpointConfig } from "../../endpoints/model/endpoint.ts";
import { PRESET_RULES, PRESETS } from "../../endpoints/model/preset.ts";
import { SUCCESS_RULES } from "../../endpoints/model/success-rule.ts";
import { ENCODINGS, FORMATS, XML_FORMATS } from "../../payload/formats.ts";
import { ID } from "../../shared/ids.ts";
import { LIMITS } from "../../shared/limits.ts";

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
      "Gathers events and sends them as an array, one POST for many: at most so many events and payload bytes, gathered for about so long. `webhook-id` is the group's; the events' ids are in `rappel-event-ids`.",
    example: { maxEvents: 100, maxBytes: 262_144, windowMs: 1_000 },
  });

const EndpointId = z.string("an endpoint's id").regex(ID.ep, "an endpoint's id: ep_ and 26 letters");
const BACKUP_OF_ALLOWED = `an endpoint's id, or a list of at most ${LIMITS.backupOfMax}`;
const BackupOf = z
  .union([EndpointId.transform((id) => [id]), z.array(EndpointId).max(LIMITS.backupOfMax)], {
    error: BACKUP_OF_ALLOWED,
  })
  .transform((ids) => [...new Set(ids)])
  .meta({
    description:
      "Endpoints of the account, one or a list: while one of them is suspended, this one gets what it would have got, as far as it wants the type. It gets nothing else.",
    example: "ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC",
    override: { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] },
  });

/** How what is sent looks, and which answers are a success: for saved endpoints and for URLs that are only tried. */
export const formatFields = {
  preset: z
    .enum(PRESETS, anyOf(PRESETS))
    .default("standard")
    .meta({ description: "Whose rules it follows where it does not say otherwise: format, success, retrySchedule." }),
  format: z.enum(FORMATS, anyOf(FORMATS)).exactOptional().meta({
    description:
      "`standard`: the payload in an envelope; `raw`: the payload alone; `mailjet`, `sarbacane`: flat objects as these platforms send them; `cloudevents`: CloudEvents 1.0, structured. The preset's where it is not said.",
  }),
  encoding: z
    .enum(ENCODINGS, anyOf(ENCODINGS))
    .default("json")
    .meta({ description: `How the format is written; \`xml\` for ${XML_FORMATS.join(", ")}.` }),
  success: z
    .enum(SUCCESS_RULES, anyOf(SUCCESS_RULES))
    .exactOptional()
    .meta({ description: "Which answers are a success. The preset's where it is not said." }),
};

/** How a saved endpoint's events are gathered, and whose they are. */
export const groupFields = { group: Group.exactOptional(), backupOf: BackupOf.exactOptional() };

type Chosen = Pick<EndpointConfig, "preset"> & Partial<Pick<EndpointConfig, "format" | "success">>;

/** Whether its format can be written so. */
export function isWritable(chosen: Chosen & Pick<EndpointConfig, "encoding">): boolean {
  return chosen.encoding !== "xml" || XML_FORMATS.includes(withPreset(chosen).format);
}
export const notWritable = {
  error: `"json" for this format: "xml" is for ${anyOf(XML_FORMATS)}`,
  path: ["encoding"],
};

/** With what its preset decides. */
export function withPreset<T extends Chosen>(chosen: T): T & Pick<EndpointConfig, "format" | "success"> {
  return { ...PRESET_RULES[chosen.preset], ...chosen };
}
