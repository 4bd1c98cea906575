import { stringify } from "csv-stringify/sync";
import * as z from "zod";
import type { Page } from "../../ports/page.ts";
import type { BouncedAddress } from "../../stats/model/bounce.ts";
import { EventCursor, Instant, timeText } from "../schemas/fields.ts";
import { listView } from "./common-views.ts";

export const BounceQueryFields = z.strictObject({
  since: Instant.optional().meta({
    description: "Only events accepted at this time or later. Default: all that the log keeps.",
  }),
  format: z.enum(["json", "csv"], "json or csv").default("json").meta({
    description: "`csv`: RFC 4180 with a header line. A `Link` header with `rel=next` stands for `nextCursor`.",
  }),
  include: z.enum(["soft"], "soft").optional().meta({
    description: "`soft`: also bounces that may be temporary. Default: only those for good.",
  }),
  cursor: EventCursor.optional(),
});

const bounceFields = {
  email: z.string(),
  bounce: z.enum(["hard", "soft"]).meta({ description: "`hard`: at least one bounce was for good." }),
  count: z.int().meta({ description: "Bounces of this address in this response." }),
  lastReason: z.string().meta({ description: "In the platform's words." }),
  lastBouncedAt: z.iso.datetime().meta({ description: "When the last event was accepted." }),
  source: z.enum(["mailjet", "sarbacane"]),
  lastEventId: z.string().meta({ description: "Rappel's id of the last event." }),
};
export const BouncedAddressView = z.strictObject(bounceFields).meta({ id: "BouncedAddress" });

function bounceView({ email, isHard, count, last }: BouncedAddress): z.output<typeof BouncedAddressView> {
  return {
    email,
    bounce: isHard ? "hard" : "soft",
    count,
    lastReason: last.reason,
    lastBouncedAt: timeText(last.at),
    source: last.source,
    lastEventId: last.eventId,
  };
}

/** A response in one of the two formats, with the headers that it needs. */
export function bouncesAnswer(
  page: Page<BouncedAddress>,
  { format, since, include }: z.output<typeof BounceQueryFields>,
): { readonly body: unknown; readonly headers: Readonly<Record<string, string>> } {
  const list = listView(page, bounceView);
  if (format === "json") return { body: list, headers: {} };
  const csv = stringify(list.data, {
    header: true,
    columns: Object.keys(bounceFields),
    record_delimiter: "windows",
    // Reasons are written by strangers: a spreadsheet would run a cell that begins like a formula.
    escape_formulas: true,
  });
  const next = new URLSearchParams({
    ...(since !== undefined && { since }),
    ...(include !== undefined && { include }),
    format,
    cursor: list.nextCursor ?? "",
  });
  return {
    body: Buffer.from(csv),
    headers: {
      "content-type": "text/csv; charset=utf-8; header=present",
      "content-disposition": 'attachment; filename="bounces.csv"',
      ...(list.nextCursor !== null && { link: `</v1/bounces?${next}>; rel="next"` }),
    },
  };
}
