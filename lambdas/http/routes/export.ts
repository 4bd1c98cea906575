import * as z from "zod";
import { EventCursor } from "../schemas/fields.ts";
import type { Route } from "./route.ts";

/** An account's own copy of its data. */
export const exportRoutes = {
  exportAccount: {
    method: "GET",
    path: "/v1/export",
    function: "api",
    scope: "read",
    summary: "Read the account's endpoints and events as a file for `npm start -- --read`, in parts to be appended",
    query: z.strictObject({
      cursor: EventCursor.optional().meta({ description: "The `Rappel-Next-Cursor` header of the part before." }),
    }),
    answer: { status: 200, media: "text/plain; charset=utf-8", schema: z.string() },
    errors: ["FIELDS_INVALID"],
  },
} as const satisfies Record<string, Route>;
