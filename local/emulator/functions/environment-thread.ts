// The worker thread of a function: see thread.ts.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import type { FunctionSpec } from "./functions.ts";

/** One invocation. */
export interface InvocationRequest {
  readonly id: string;
  readonly event: string;
}

/** A message from the thread. `json` is `undefined` if the function returned `undefined`. */
export type ThreadMessage =
  | { readonly kind: "ready" }
  /** A part of what the function writes to stdout. */
  | { readonly kind: "output"; readonly text: string }
  | { readonly kind: "begun"; readonly id: string }
  | { readonly kind: "answered"; readonly id: string; readonly json: string | undefined }
  | { readonly kind: "thrown"; readonly id: string; readonly message: string };

// Node sends a worker's stdout by messages too, but asks for each next part by another one, which wakes both threads again.
Object.assign(process.stdout, {
  write: (part: string | Uint8Array, ...more: unknown[]): boolean => {
    const text = typeof part === "string" ? part : Buffer.from(part).toString();
    parentPort?.postMessage({ kind: "output", text } satisfies ThreadMessage);
    for (const done of more) if (typeof done === "function") queueMicrotask(() => done());
    return true;
  },
});

const spec: FunctionSpec = workerData;
const [file = "", name = ""] = spec.handler.split(".");
const module = [".mjs", ".js"].map((ending) => join(spec.code, file + ending)).find((path) => existsSync(path));
if (module === undefined) throw new Error(`Cannot find the module of ${spec.handler} in ${spec.code}`);
const handler: unknown = Reflect.get(await import(pathToFileURL(module).href), name);
if (typeof handler !== "function") throw new Error(`The bundle in ${spec.code} has no export for ${spec.handler}`);

async function invoke({ id, event }: InvocationRequest): Promise<ThreadMessage> {
  const deadlineAt = Date.now() + spec.timeoutMs;
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionName: spec.name,
    functionVersion: "$LATEST",
    invokedFunctionArn: spec.arn,
    memoryLimitInMB: String(spec.memoryMb),
    awsRequestId: id,
    logGroupName: `/aws/lambda/${spec.name}`,
    logStreamName: "local",
    getRemainingTimeInMillis: () => Math.max(0, deadlineAt - Date.now()),
  };
  try {
    return {
      kind: "answered",
      id,
      json: JSON.stringify(await Reflect.apply(Object(handler), undefined, [JSON.parse(event), context])),
    };
  } catch (error) {
    return { kind: "thrown", id, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort?.on("message", async (request: InvocationRequest) => {
  parentPort?.postMessage({ kind: "begun", id: request.id } satisfies ThreadMessage);
  parentPort?.postMessage(await invoke(request));
});
parentPort?.postMessage({ kind: "ready" } satisfies ThreadMessage);
