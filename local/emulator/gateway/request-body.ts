import type { IncomingMessage } from "node:http";

/**
 * A request's body, or `undefined` if it is longer than `maxBytes`.
 * A longer body is still read to its end and dropped: a caller whose upload is cut gets a broken pipe instead of the response.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  return bytes <= maxBytes ? Buffer.concat(chunks) : undefined;
}
