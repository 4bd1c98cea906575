import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";
import { LIMITS } from "../../shared/limits.ts";
import { Fault } from "./failure.ts";

const HEAD_END = "\r\n\r\n";
const VERSION = "HTTP/1.";
const [CR, LF] = [13, 10];
const FIRST_DIGIT = "HTTP/1.1 ".length;

/**
 * Fails a request whose receiver sends too much before the final status line and headers are complete: informational
 * responses, empty lines or anything else. Node parses them without a limit, and every other request in the process
 * waits. The lines of a body are bounded too, because a chunked body can consist of single bytes.
 * @param fail called with the reason, before the request is destroyed
 */
export function boundPreamble(request: ClientRequest, fail: (fault: Fault) => void): void {
  let bytes = 0;
  let responses = 0;
  let lines = 0;
  let isFinal = false;
  const end = (what: string) => {
    const fault = new Fault("protocol_invalid", `${what} before the final status`);
    fail(fault);
    request.destroy(fault);
  };
  const tooMany = () => end(`more than ${LIMITS.informationalResponses} 1xx responses`);
  // Called before Node parses the chunk: 64 KiB of informational responses take it milliseconds, even once the request is
  // destroyed. An overwritten chunk is refused at its first byte.
  const inspect = (chunk: Buffer) => {
    if (!isFinal && informationalIn(chunk) > LIMITS.informationalResponses) {
      tooMany();
      chunk.fill(0);
      return;
    }
    // Node takes as long for a chunk of one byte in a chunked body as for one of many. Only the beginning of a body is kept,
    // so nothing is lost: an overwritten chunked body ends with an error, any other is only read.
    const bodyAt = isFinal ? 0 : bodyStart(chunk);
    const allowed = lineEndsIn(chunk, bodyAt, LIMITS.responseBodyLines - lines);
    lines += allowed.count;
    chunk.fill(0, allowed.end);
  };
  // Called after Node has parsed the chunk: a final response in it is known by now.
  const count = (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (!isFinal && bytes > LIMITS.responsePreambleBytes) end(`more than ${LIMITS.responsePreambleBytes} bytes`);
  };
  request.on("information", () => {
    responses += 1;
    if (responses > LIMITS.informationalResponses) tooMany();
  });
  request.on("socket", (socket: Socket) => {
    socket.prependListener("data", inspect);
    socket.on("data", count);
    request.once("response", () => {
      isFinal = true;
      socket.off("data", count);
    });
    request.once("close", () => {
      socket.off("data", inspect); // the socket outlives the request
      socket.off("data", count);
    });
  });
}

/** How many informational responses follow each other in a chunk, counted up to one more than is allowed. */
function informationalIn(chunk: Buffer): number {
  // The chunk may begin inside a response. What follows a final one is its body.
  let at = chunk.toString("latin1", 0, VERSION.length) === VERSION ? 0 : afterHead(chunk, 0);
  let found = 0;
  while (found <= LIMITS.informationalResponses && isInformational(chunk, at)) {
    found += 1;
    at = afterHead(chunk, at);
  }
  return found;
}

/** Where the body begins in a chunk with the end of the final head; the chunk's end if that is not in it. */
function bodyStart(chunk: Buffer): number {
  let at = 0;
  while (chunk[at] === CR || chunk[at] === LF) at += 1; // Node skips empty lines before a status line
  while (isInformational(chunk, at)) at = afterHead(chunk, at);
  return afterHead(chunk, at);
}

function isInformational(chunk: Buffer, at: number): boolean {
  return chunk.toString("latin1", at, at + VERSION.length) === VERSION && chunk[at + FIRST_DIGIT] === "1".charCodeAt(0);
}

function afterHead(chunk: Buffer, at: number): number {
  const end = chunk.indexOf(HEAD_END, at, "latin1");
  return end === -1 ? chunk.length : end + HEAD_END.length;
}

/** Counts a chunk's line ends after `from`, up to `max`. @returns `end`: the offset after the last one that is allowed, or the chunk's end */
function lineEndsIn(chunk: Buffer, from: number, max: number): { readonly count: number; readonly end: number } {
  let at = from;
  for (let count = 0; count < max; count++) {
    const found = chunk.indexOf("\r\n", at, "latin1");
    if (found === -1) return { count, end: chunk.length };
    at = found + 2;
  }
  return { count: max, end: at };
}
