import * as z from "zod";
import type { Wake } from "../../ports/endpoints.ts";

const Message = z.strictObject({ endpoint: z.string().min(1), wakeAt: z.int() });

/** The message of a wake-up, from EventBridge Scheduler or as a delayed message. */
export function encodeWake({ endpoint, wakeAt }: Wake): string {
  return JSON.stringify({ endpoint, wakeAt });
}

/** @throws if the body is not a valid message: it goes back to the queue, and finally to the dead-letter queue */
export function decodeWake(body: string): Wake {
  return Message.parse(JSON.parse(body));
}
