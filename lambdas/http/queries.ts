import type * as z from "zod";
import type { LogQuery } from "../ports/events.ts";
import { lowestId } from "../shared/ids.ts";
import type { Routes } from "./routes.ts";

/** A list's query parameters for the ports: cursors and times are both positions in the order of ids. */
export function pageQuery({ limit, cursor }: { limit: number; cursor?: string | undefined }): {
  limit: number;
  before?: string;
} {
  return { limit, ...(cursor !== undefined && { before: cursor }) };
}

export function eventQuery({
  type,
  eventId,
  after,
  before,
  ...page
}: z.output<Routes["listEvents"]["query"]>): LogQuery {
  const places = [page.cursor, before === undefined ? undefined : lowestId(Date.parse(before))].filter(
    (place) => place !== undefined,
  );
  const lowest = places.toSorted()[0];
  return {
    limit: page.limit,
    ...(lowest !== undefined && { before: lowest }),
    ...(after !== undefined && { after: lowestId(Date.parse(after)) }),
    ...(type !== undefined && { type }),
    ...(eventId !== undefined && { eventId }),
  };
}
