import * as z from "zod";

/** A request that an inbox received: its format on disk, for the page, and for `GET` with `application/json`. */
export const Post = z.object({
  /** Counts from 1 in each inbox. */
  number: z.number(),
  /** Epoch ms. */
  receivedAt: z.number(),
  method: z.string(),
  /** Path and query as they were sent. */
  target: z.string(),
  /** In the received order and spelling. */
  headers: z.array(z.tuple([z.string(), z.string()])),
  /** `webhook-id`, if it had one. */
  webhookId: z.string().nullable(),
  /** The number of requests with this `webhook-id` so far, including this one; 1 without an id. */
  attempt: z.number(),
  isVerified: z.boolean(),
  /** The reason for `isVerified`. */
  verdict: z.string(),
  /** The inbox's response, and its delay. */
  answer: z.object({ status: z.number(), delayMs: z.number() }),
  /** Milliseconds after which the caller closed the connection without waiting for the response. */
  hungUpAfterMs: z.number().nullable(),
  bodyBytes: z.number(),
  /** `null` if the bytes are not UTF-8. */
  body: z.string().nullable(),
  bodyBase64: z.string(),
});
export type Post = z.infer<typeof Post>;

/** The value of a header. @param name in lower case */
export function headerOf(headers: Post["headers"], name: string): string | null {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? null;
}

/** The body as text, or `null` if it is not UTF-8. */
export function textOf(body: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
}
