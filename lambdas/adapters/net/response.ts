import type { IncomingMessage } from "node:http";
import type { Answer } from "../../delivery/model/attempt.ts";
import { cutAtCharacter } from "../../payload/utf8.ts";
import { LIMITS } from "../../shared/limits.ts";

export const KEPT_HEADERS = ["content-type", "retry-after", "location"];

/**
 * Reads a response. The status alone decides the outcome; the body is only for the log. 16 KiB are read, so that the
 * connection can be reused after a short response, and 1 KiB is kept.
 * @param withinMs then the rest of the body is given up, and its connection with it
 */
export async function readAnswer(response: IncomingMessage, withinMs: number): Promise<Answer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isWhole = false;
  const giveUp = setTimeout(() => response.destroy(), withinMs);
  try {
    for await (const chunk of response) {
      if (!Buffer.isBuffer(chunk)) continue;
      if (bytes <= LIMITS.responseKeptBytes) chunks.push(chunk); // one byte more than is kept shows where to cut
      bytes += chunk.length;
      if (bytes > LIMITS.responseReadBytes) break;
    }
    isWhole = response.complete;
  } catch {
    // Cut off by the receiver or by the timeout: a 2xx with an incomplete body is still a success.
  } finally {
    clearTimeout(giveUp);
  }
  const body = new Uint8Array(cutAtCharacter(Buffer.concat(chunks), LIMITS.responseKeptBytes));
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
      return typeof value === "string" ? [[name, value.slice(0, LIMITS.keptHeaderChars)]] : [];
    }),
  );
}
