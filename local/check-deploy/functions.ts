import { spawn } from "node:child_process";
import { once } from "node:events";
import type { FunctionSpec } from "../emulator/functions/functions.ts";
import { type Answer, startRuntimeApi } from "./runtime-api.ts";

/** A function in a process of its own, under a client of the runtime API. */
export interface RunningFunction {
  /** @throws {Error} if the bundle cannot be loaded, or the process ends */
  invoke(event: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

/**
 * Starts a function's bundle as Lambda does: a process with its environment, whose client takes events from the runtime API.
 * @param client the file of the client, which gets the handler's name
 */
export async function startFunction(spec: FunctionSpec, client: string): Promise<RunningFunction> {
  const api = await startRuntimeApi(spec.arn, spec.timeoutMs);
  const child = spawn(process.execPath, [client, spec.handler], {
    cwd: spec.code,
    // Nothing of this process but what a process needs, so that a bundle cannot rely on more than Lambda gives it.
    env: { PATH: process.env["PATH"], ...spec.environment, AWS_LAMBDA_RUNTIME_API: api.address },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (part) => (said = `${said}${part}`.slice(-2_000)));
  const exited = once(child, "exit").then(([code]) => `the process ended with ${code}: ${said.trim()}`);
  return {
    async invoke(event) {
      const ended = Promise.race([api.initFailed, exited]).then((reason) => {
        throw new Error(reason);
      });
      return Promise.race([api.invoke(event), ended]);
    },
    async stop() {
      child.kill("SIGKILL");
      await exited;
      await api.stop();
    },
  };
}
