import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** A call that is about to be passed on. */
export interface Passing {
  readonly by: string;
  readonly service: "dynamodb" | "sqs" | "scheduler" | "kms";
  readonly action: string;
}

/** What goes wrong with a call on its way. */
export type Fault =
  /** It is answered with an error. `isDone`: behind it the engine has done what it was asked for. */
  | { readonly kind: "error"; readonly status: number; readonly type: string; readonly isDone?: boolean }
  /** It is answered late. */
  | { readonly kind: "slow"; readonly delayMs: number }
  /** It is never answered. */
  | { readonly kind: "silent" }
  /** The connection breaks. */
  | { readonly kind: "hang up" };

/** Decides what goes wrong, call by call; nothing, mostly. */
export type Faults = (passing: Passing) => Fault | undefined;

/** Has a fault happen. @returns whether the call goes on to the engine, and its answer to the caller */
export async function suffer(
  fault: Fault | undefined,
  outgoing: ServerResponse,
): Promise<{ readonly isPassed: boolean; readonly isAnswered: boolean }> {
  switch (fault?.kind) {
    case undefined:
      return { isPassed: true, isAnswered: false };
    case "slow":
      await sleep(fault.delayMs);
      return { isPassed: true, isAnswered: false };
    case "silent":
      return { isPassed: false, isAnswered: true };
    case "hang up":
      outgoing.destroy();
      return { isPassed: false, isAnswered: true };
    case "error":
      outgoing
        // The JSON protocols name the error in the body, REST in this header.
        .writeHead(fault.status, { "content-type": "application/x-amz-json-1.0", "x-amzn-errortype": fault.type })
        .end(JSON.stringify({ __type: fault.type, message: "injected" }));
      return { isPassed: fault.isDone === true, isAnswered: true };
  }
}
