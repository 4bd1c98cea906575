import { randomUUID } from "node:crypto";
import { Worker } from "node:worker_threads";
import type { ThreadMessage } from "./environment-thread.ts";
import type { FunctionSpec } from "./functions.ts";
import { forEachLine } from "./lines.ts";

/** How one invocation ended. */
export type Invocation =
  | { readonly kind: "answered"; readonly json: string | undefined }
  | { readonly kind: "failed"; readonly reason: "thrown" | "timeout" | "crashed"; readonly message: string };

/**
 * An execution environment: a thread with the function's module. Unlike Lambda's, it runs many events at the same time. One
 * environment per event, as on Lambda, was tried: a slow receiver then holds a hundred or more of them, each with code that
 * is never optimised, and other events wait for the processor.
 * The differences for a function: concurrent events share the module's state, a crash fails all of them, and a timeout ends
 * the thread only when the other events are done.
 */
export interface Thread {
  /** The number of running events. */
  running(): number;
  /** The share of the time since the last call of this method that it was busy, 0 to 1. */
  busyShare(): number;
  /** Whether it accepts no more events. */
  isRetired(): boolean;
  /** Resolves when its module is loaded, or has failed to load. */
  loaded(): Promise<void>;
  invoke(event: unknown): Promise<Invocation>;
  stop(): Promise<void>;
}

/** Ours, for busy machines: Lambda gives a function's code 10 s to load. */
const INIT_MS = 60_000;

/** @param onLine what the function writes to stdout or stderr, line by line */
export function startThread(spec: FunctionSpec, onLine: (line: string) => void): Thread {
  const worker = new Worker(new URL("./environment-thread.ts", import.meta.url), {
    workerData: spec,
    env: { ...spec.environment },
    stdout: true,
    stderr: true,
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  forEachLine(worker.stdout, onLine);
  forEachLine(worker.stderr, onLine);

  const waiting = new Map<string, (invocation: Invocation) => void>();
  const loaded = Promise.withResolvers<void>();
  let usedBefore = worker.performance.eventLoopUtilization();
  let isRetired = false;
  let lastError = "the environment exited";

  const settle = (requestId: string, invocation: Invocation) => {
    waiting.get(requestId)?.(invocation);
    waiting.delete(requestId);
    if (isRetired && waiting.size === 0) void worker.terminate();
  };
  const retire = (error: string) => {
    isRetired = true;
    lastError = error;
    if (waiting.size === 0) void worker.terminate();
  };
  const initTimer = setTimeout(() => {
    retire(`its code did not load within ${INIT_MS} ms`);
    void worker.terminate();
  }, INIT_MS);

  worker.on("message", (message: ThreadMessage) => {
    if (message.kind === "ready") loaded.resolve();
    else if (message.kind === "thrown")
      settle(message.id, { kind: "failed", reason: "thrown", message: message.message });
    else settle(message.id, { kind: "answered", json: message.json });
  });
  worker.on("error", (error: Error) => retire(error.stack ?? error.message));
  worker.on("exit", () => {
    isRetired = true;
    loaded.resolve();
    for (const id of [...waiting.keys()]) settle(id, { kind: "failed", reason: "crashed", message: lastError });
  });
  void loaded.promise.then(() => clearTimeout(initTimer));

  return {
    running: () => waiting.size,
    busyShare: () => {
      const used = worker.performance.eventLoopUtilization();
      const { utilization } = worker.performance.eventLoopUtilization(used, usedBefore);
      usedBefore = used;
      return utilization;
    },
    isRetired: () => isRetired,
    loaded: () => loaded.promise,
    invoke: async (event) => {
      const requestId = randomUUID();
      const ended = Promise.withResolvers<Invocation>();
      waiting.set(requestId, ended.resolve);
      await loaded.promise;
      if (isRetired) settle(requestId, { kind: "failed", reason: "crashed", message: lastError });
      const deadlineAt = Date.now() + spec.timeoutMs;
      const timer = setTimeout(() => {
        retire(`an invocation timed out after ${spec.timeoutMs} ms`);
        settle(requestId, { kind: "failed", reason: "timeout", message: `timed out after ${spec.timeoutMs} ms` });
      }, spec.timeoutMs);
      worker.postMessage({ id: requestId, event: JSON.stringify(event), deadlineAt });
      const invocation = await ended.promise;
      clearTimeout(timer);
      return invocation;
    },
    stop: async () => {
      isRetired = true;
      await worker.terminate();
    },
  };
}
