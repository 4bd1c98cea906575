// The thread that environments of one function live in: see thread.ts.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { constants, Script } from "node:vm";
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

// A function around the script keeps each run's variables apart.
const around = `(function (module, exports, require, moduleUrl) {"use strict";${readFileSync(spec.script, "utf8")}\n})`;
const run: (module: { exports: Record<string, unknown> }, ...rest: unknown[]) => void = new Script(around, {
  filename: spec.script,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
}).runInThisContext();
const moduleUrl = pathToFileURL(join(spec.code, "index.mjs")).href;
const require = createRequire(moduleUrl);

/** Each environment has its own copy of the module, with its own state. */
async function load(id: number): Promise<Told> {
  const module: { exports: Record<string, unknown> } = { exports: {} };
  run(module, module.exports, require, moduleUrl);
  const handler = module.exports[spec.handler.slice(spec.handler.lastIndexOf(".") + 1)];
  if (!isHandler(handler)) throw new Error(`The bundle in ${spec.code} has no export for ${spec.handler}`);
  handlers.set(id, handler);
  return { told: "ready", id };
}

function isHandler(value: unknown): value is Handler {
  return typeof value === "function";
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
