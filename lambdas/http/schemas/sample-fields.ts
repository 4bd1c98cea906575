import * as z from "zod";
import type { SampleRequest } from "../../endpoints/model/sample-event.ts";
import { EVENT_TYPES, type EventType } from "../../events/model/event-type-catalog.ts";
import { withMember } from "../../payload/flat-format.ts";
import { EventTypeName, shownAs } from "./fields.ts";

export const SampleSource = z
  .enum(["mailjet", "sarbacane"], '"mailjet", "sarbacane"')
  .meta({ description: "The platform that the event type belongs to." });

/** Which sample a test sends, for registered endpoints and for URLs that are only tested. */
export const sampleFields = {
  eventType: EventTypeName.exactOptional().meta({
    description:
      "An event type of `GET /v1/event-types`: its sample is sent in the endpoint's format. Default: the first type of the preset's platform that the endpoint subscribes to, or Rappel's own test event.",
    example: "open",
    override: shownAs({ type: "string", enum: [...new Set(EVENT_TYPES.map(({ type }) => type))] }),
  }),
  source: SampleSource.exactOptional().meta({
    description: "The platform, if both have the type. Default: the preset's.",
  }),
};

/** In the OpenAPI document: no source has a type of the other one. */
export const SAMPLE_SCHEMA = {
  allOf: SampleSource.options.map((source) => ({
    not: {
      properties: {
        source: { const: source },
        eventType: {
          not: { enum: EVENT_TYPES.filter((sample) => sample.source === source).map(({ type }) => type) },
        },
      },
      required: ["source", "eventType"],
    },
  })),
};

export function isSample({ eventType, source }: SampleRequest): boolean {
  return (
    eventType === undefined ||
    EVENT_TYPES.some((sample) => sample.type === eventType && (source === undefined || sample.source === source))
  );
}
export const notASample = { error: "a type that GET /v1/event-types lists for this source", path: ["eventType"] };

/** The list as JSON, with each sample's own bytes. */
export function eventTypesAnswer(source: EventType["source"] | undefined): Uint8Array {
  const listed = EVENT_TYPES.filter((sample) => source === undefined || sample.source === source).map(
    ({ sample, type, source: from, description }) =>
      Buffer.from(withMember({ type, source: from, description }, "sample", Buffer.from(sample))).toString(),
  );
  return Buffer.from(`{"data":[${listed.join(",")}]}`);
}
