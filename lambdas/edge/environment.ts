import * as z from "zod";

const Flag = z.enum(["true", "false"], '"true" or "false"').transform((text) => text === "true");

/** What each function is told by its stack. A function with a wrong environment fails at its start, not at an event. */
export const AcceptEnvironment = z.object({ TABLE_NAME: z.string().min(1), EVENTS_QUEUE_URL: z.url() });
export const ApiEnvironment = z.object({ ...AcceptEnvironment.shape, ALLOW_LOOPBACK: Flag, HTTPS_ONLY: Flag });
export const DispatchEnvironment = z.object({ TABLE_NAME: z.string().min(1), ALLOW_LOOPBACK: Flag, HTTPS_ONLY: Flag });
