// The thread that environments of one function live in: see thread.ts.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import type { FunctionSpec } from "./functions.ts";

/** What the runtime asks of the environment `id`. */
export type Ask =
  | { readonly ask: "load"; readonly id: number }
  | {
      readonly ask: "invoke";
      readonly id: number;
      readonly requestId: string;
      readonly event: string;
      readonly deadlineAt: number;
    };

/** What comes back, one for each. `json` is absent where the function returned `undefined`. */
export type Told =
  | { readonly told: "ready"; readonly id: number }
  | { readonly told: "answered"; readonly id: number; readonly json?: string }
  | { readonly told: "thrown"; readonly id: number; readonly message: string };

type Handler = (event: unknown, context: unknown) => unknown;

const spec: FunctionSpec = workerData;
const handlers = new Map<number, Handler>();

/** Each environment has its own copy of the module, with its own state: another query makes it another module. */
async function load(id: number): Promise<Told> {
  const dot = spec.handler.lastIndexOf(".");
  const path = join(spec.code, spec.handler.slice(0, dot));
  const file = [".mjs", ".js", ".cjs"].map((ending) => path + ending).find((candidate) => existsSync(candidate));
  if (!file) throw new Error(`Cannot find the module of ${spec.handler} in ${spec.code}`);
  const loaded = await import(`${pathToFileURL(file).href}?environment=${id}`);
  const handler = loaded[spec.handler.slice(dot + 1)];
  if (typeof handler !== "function") throw new Error(`${file} has no export for ${spec.handler}`);
  handlers.set(id, handler);
  return { told: "ready", id };
}

async function invoke({ id, requestId, event, deadlineAt }: Ask & { ask: "invoke" }): Promise<Told> {
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionName: spec.name,
    functionVersion: "$LATEST",
    invokedFunctionArn: spec.arn,
    memoryLimitInMB: String(spec.memoryMb),
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${spec.name}`,
    logStreamName: "local",
    getRemainingTimeInMillis: () => Math.max(0, deadlineAt - Date.now()),
  };
  const json = JSON.stringify(await handlers.get(id)?.(JSON.parse(event), context));
  return json === undefined ? { told: "answered", id } : { told: "answered", id, json };
}

parentPort?.on("message", async (ask: Ask) => {
  const told = await (ask.ask === "load" ? load(ask.id) : invoke(ask)).catch((error): Told => {
    return { told: "thrown", id: ask.id, message: String(error?.stack ?? error) };
  });
  parentPort?.postMessage(told);
});
