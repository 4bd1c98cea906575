import * as z from "zod";
import { LIMITS } from "../../shared/limits.ts";
import { AccountName, Instant, ProducerEventId, SendableType } from "./fields.ts";

const fields = {
  type: SendableType,
  account: AccountName.optional(),
  eventId: ProducerEventId.optional(),
  timestamp: Instant.optional(),
};
export const EventFields = z.strictObject(fields);
const EventBody = z
  .strictObject({
    ...fields,
    data: z.unknown().meta({ description: "Any JSON value. Its bytes are delivered unchanged." }),
  })
  .meta({ id: "EventInput" });
/** For the OpenAPI document; the bytes themselves are read by `http/parse-events.ts`. */
export const EventsBody = z.union([EventBody, z.array(EventBody).min(1).max(LIMITS.requestEvents)]);
export const SourceBody = (typeField: string) => {
  const one = z.looseObject({ [typeField]: SendableType });
  return z.union([one, z.array(one).min(1).max(LIMITS.requestEvents)]);
};
