import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** A call from a function to AWS, before it is forwarded. */
interface OutgoingCall {
  readonly by: string;
  readonly service: "dynamodb" | "sqs" | "scheduler" | "kms";
  readonly action: string;
}

/** A fault of one call. */
export type Fault =
  /** It gets an error. `isDone`: the engine executes the call nevertheless. */
  | { readonly kind: "error"; readonly status: number; readonly type: string; readonly isDone?: boolean }
  /** The response is late. */
  | { readonly kind: "slow"; readonly delayMs: number }
  /** There is no response. */
  | { readonly kind: "silent" }
  /** The connection is closed. */
  | { readonly kind: "hang up" };

/** Decides the fault of each call, if any. */
export type Faults = (call: OutgoingCall) => Fault | undefined;

/** Injects a fault. @returns whether to forward the call to the engine, and whether the caller has its response */
export async function injectFault(
  fault: Fault | undefined,
  outgoing: ServerResponse,
): Promise<{ readonly isForwarded: boolean; readonly isAnswered: boolean }> {
  switch (fault?.kind) {
    case undefined:
      return { isForwarded: true, isAnswered: false };
    case "slow":
      await sleep(fault.delayMs);
      return { isForwarded: true, isAnswered: false };
    case "silent":
      return { isForwarded: false, isAnswered: true };
    case "hang up":
      outgoing.destroy();
      return { isForwarded: false, isAnswered: true };
    case "error":
      outgoing
        // The JSON protocols name the error in the body, the REST protocol in this header.
        .writeHead(fault.status, { "content-type": "application/x-amz-json-1.0", "x-amzn-errortype": fault.type })
        .end(JSON.stringify({ __type: fault.type, message: "injected" }));
      return { isForwarded: fault.isDone === true, isAnswered: true };
  }
}
