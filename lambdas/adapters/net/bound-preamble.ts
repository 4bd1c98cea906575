import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";
import { LIMITS } from "../../shared/limits.ts";
import { Fault } from "./failure.ts";

/**
 * Fails a request whose receiver sends too much before the final status line and headers are complete: informational
 * responses, empty lines or anything else. Node parses them without a limit, and every other request in the process
 * waits.
 */
export function boundPreamble(request: ClientRequest): void {
  let bytes = 0;
  let responses = 0;
  let isFinal = false;
  const fail = (what: string) => request.destroy(new Fault("protocol_invalid", `${what} before the final status`));
  // Called after Node's own listener: the final response in this chunk is known by now.
  const count = (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (!isFinal && bytes > LIMITS.responsePreambleBytes) fail(`more than ${LIMITS.responsePreambleBytes} bytes`);
  };
  request.on("information", () => {
    responses += 1;
    if (responses > LIMITS.informationalResponses) fail(`more than ${LIMITS.informationalResponses} 1xx responses`);
  });
  request.on("socket", (socket: Socket) => {
    socket.on("data", count);
    const stop = () => {
      isFinal = true;
      socket.off("data", count); // the socket outlives the request
    };
    request.once("response", stop);
    request.once("close", stop);
  });
}
