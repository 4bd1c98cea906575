import type { IncomingMessage } from "node:http";
import type { Answer } from "../../delivery/model/attempt.ts";
import { LIMITS } from "../../shared/limits.ts";

export const KEPT_HEADERS = ["content-type", "retry-after", "location"];
// So that a page of deliveries, all with such answers, is never more than the 6 MB that Lambda hands on.
export const HEADER_CHARS = 128;

/**
 * Reads an answer. The status has decided by now; the body is only for the log: 16 KiB are read, so that a connection
 * with a short answer can be used again, 1 KiB is kept, and however the rest ends the attempt stands.
 */
export async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isWhole = false;
  try {
    for await (const chunk of response) {
      if (!Buffer.isBuffer(chunk)) continue;
      if (bytes < LIMITS.responseKeptBytes) chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > LIMITS.responseReadBytes) break;
    }
    isWhole = response.complete;
  } catch {
    // Cut off by the receiver or by our deadline: a 2xx whose body is cut is a success all the same.
  }
  const body = new Uint8Array(Buffer.concat(chunks).subarray(0, LIMITS.responseKeptBytes));
  return {
    status: response.statusCode ?? 0,
    body,
    isTruncated: !isWhole || bytes > body.length,
    headers: keptHeaders(response),
  };
}

function keptHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = headers[name];
      return typeof value === "string" ? [[name, value.slice(0, HEADER_CHARS)]] : [];
    }),
  );
}
