import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";
import { LIMITS } from "../../shared/limits.ts";
import { Fault } from "./failure.ts";

const HEAD_END = "\r\n\r\n";
const VERSION = "HTTP/1.";
const FIRST_DIGIT = "HTTP/1.1 ".length;

/**
 * Fails a request whose receiver sends too much before the final status line and headers are complete: informational
 * responses, empty lines or anything else. Node parses them without a limit, and every other request in the process
 * waits.
 * @param fail called with the reason, before the request is destroyed
 */
export function boundPreamble(request: ClientRequest, fail: (fault: Fault) => void): void {
  let bytes = 0;
  let responses = 0;
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
    if (isFinal || informationalIn(chunk) <= LIMITS.informationalResponses) return;
    tooMany();
    chunk.fill(0);
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
    const stop = () => {
      isFinal = true;
      socket.off("data", inspect); // the socket outlives the request
      socket.off("data", count);
    };
    request.once("response", stop);
    request.once("close", stop);
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

function isInformational(chunk: Buffer, at: number): boolean {
  return chunk.toString("latin1", at, at + VERSION.length) === VERSION && chunk[at + FIRST_DIGIT] === "1".charCodeAt(0);
}

function afterHead(chunk: Buffer, at: number): number {
  const end = chunk.indexOf(HEAD_END, at, "latin1");
  return end === -1 ? chunk.length : end + HEAD_END.length;
}
