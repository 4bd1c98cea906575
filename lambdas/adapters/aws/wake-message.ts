import * as z from "zod";
import type { Wake } from "../../ports/endpoints.ts";

const Message = z.strictObject({ endpoint: z.string().min(1), wakeAt: z.int() });

/** A wake-up as it travels, whether the Scheduler or a delay brings it. */
export function encodeWake({ endpoint, wakeAt }: Wake): string {
  return JSON.stringify({ endpoint, wakeAt });
}

/** @throws when the body is no message of ours: it goes back to the queue, and at last to the dead-letter queue */
export function decodeWake(body: string): Wake {
  return Message.parse(JSON.parse(body));
}
