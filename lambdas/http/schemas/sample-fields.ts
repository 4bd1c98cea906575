import * as z from "zod";
import type { SampleRequest } from "../../endpoints/model/sample-event.ts";
import { EVENT_TYPES, type EventType } from "../../events/model/event-type-catalog.ts";
import { withMember } from "../../payload/flat-format.ts";
import { EventTypeName } from "./fields.ts";

export const SampleSource = z
  .enum(["mailjet", "sarbacane"], '"mailjet", "sarbacane"')
  .meta({ description: "The platform whose event it is." });

/** Which sample a test sends: for saved endpoints and for URLs that are only tried. */
export const sampleFields = {
  eventType: EventTypeName.exactOptional().meta({
    description:
      "One of `GET /v1/event-types`, whose sample is sent in the endpoint's format. Without it: the first of its preset's platform that it wants, else a text of Rappel's own.",
    example: "open",
  }),
  source: SampleSource.exactOptional().meta({
    description: "Whose, where both platforms know the type. Without it: the preset's.",
  }),
};

export function isSample({ eventType, source }: SampleRequest): boolean {
  return (
    eventType === undefined ||
    EVENT_TYPES.some((one) => one.type === eventType && (source === undefined || one.source === source))
  );
}
export const notASample = { error: "a type that GET /v1/event-types lists, of this source", path: ["eventType"] };

/** The list as JSON, each sample's bytes in place. */
export function eventTypesAnswer(source: EventType["source"] | undefined): Uint8Array {
  const listed = EVENT_TYPES.filter((one) => source === undefined || one.source === source).map(
    ({ sample, type, source: from, description }) =>
      Buffer.from(withMember({ type, source: from, description }, "sample", Buffer.from(sample))).toString(),
  );
  return Buffer.from(`{"data":[${listed.join(",")}]}`);
}
