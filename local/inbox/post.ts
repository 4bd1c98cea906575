import * as z from "zod";

/** One request that an inbox received: as it is kept on disk, and as the page and `GET … application/json` show it. */
export const Post = z.object({
  /** Counts from 1 in each inbox. */
  number: z.number(),
  /** Epoch ms. */
  receivedAt: z.number(),
  method: z.string(),
  /** Path and query as they were sent. */
  target: z.string(),
  /** In the order and spelling they came in. */
  headers: z.array(z.tuple([z.string(), z.string()])),
  /** `webhook-id`, if it had one. */
  webhookId: z.string().nullable(),
  /** How many requests with this `webhook-id` had come, this one included; 1 without an id. */
  attempt: z.number(),
  isVerified: z.boolean(),
  /** Why it is verified, or is not. */
  verdict: z.string(),
  /** What the inbox answers, and after how long. */
  answer: z.object({ status: z.number(), delayMs: z.number() }),
  /** Milliseconds after which the caller hung up without waiting for the answer. */
  hungUpAfterMs: z.number().nullable(),
  bodyBytes: z.number(),
  /** `null` where the bytes are no UTF-8. */
  body: z.string().nullable(),
  bodyBase64: z.string(),
});
export type Post = z.infer<typeof Post>;

/** The value of a header, whatever its spelling. */
export function headerOf(headers: Post["headers"], name: string): string | null {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? null;
}

/** The text that bytes are, or `null` where they are no UTF-8. */
export function textOf(body: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
}
