import { randomUUID } from "node:crypto";
import { Worker } from "node:worker_threads";
import type { InvocationRequest, ThreadMessage } from "./environment-thread.ts";
import type { FunctionSpec } from "./functions.ts";
import { forEachLine, lineReader } from "./lines.ts";

/** How one invocation ended. `not begun`: the thread ended, or did not load, before it gave the event to the function. */
export type Invocation =
  | { readonly kind: "answered"; readonly json: string | undefined }
  | {
      readonly kind: "failed";
      readonly reason: "thrown" | "timeout" | "crashed" | "not begun";
      readonly message: string;
    };

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
  /** Whether its module is loaded. */
  isLoaded(): boolean;
  /** Resolves when its module is loaded. @throws {Error} if that failed; the message is one line that says why */
  loaded(): Promise<void>;
  invoke(event: unknown): Promise<Invocation>;
  stop(): Promise<void>;
}

/**
 * Milliseconds that a thread may wait for something while it loads. Time without the processor does not count: on a busy
 * machine a limit by the clock ended threads that were still loading, again and again. Ours; our functions wait for nothing.
 */
const LOAD_IDLE_MS = 60_000;
/** Checks of `LOAD_IDLE_MS` per limit. Ours. */
const IDLE_CHECKS = 20;
/** Milliseconds that a retired thread has for taking the events that it was given. Ours. */
const TAKEN_WITHIN_MS = 1_000;

/**
 * @param onLine what the function writes to stdout or stderr, line by line
 * @param loadIdleMs how long it may wait for something while it loads, in ms
 */
export function startThread(
  spec: FunctionSpec,
  onLine: (line: string) => void,
  loadIdleMs: number = LOAD_IDLE_MS,
): Thread {
  const worker = new Worker(new URL("./environment-thread.ts", import.meta.url), {
    workerData: spec,
    env: { ...spec.environment },
    stdout: true,
    stderr: true,
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const output = lineReader(onLine);
  forEachLine(worker.stderr, onLine);

  const invocations = new Map<string, Waiting>();
  const loading = Promise.withResolvers<void>();
  loading.promise.catch(() => undefined); // without an event nobody waits for it
  let usedBefore = worker.performance.eventLoopUtilization();
  let isRetired = false;
  let isLoaded = false;
  let lastError = "the environment exited";

  const settle = (id: string, invocation: Invocation) => {
    const waiting = invocations.get(id);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    invocations.delete(id);
    waiting.end(invocation);
    endIfRetired();
  };
  const isUnused = () => [...invocations.values()].every(({ timer }) => timer === undefined);
  /** Ends a retired thread when no event runs in it. A blocked thread would never take those that it was given. */
  const endIfRetired = () => {
    if (!isRetired || !isUnused()) return;
    if (invocations.size === 0) void worker.terminate();
    else setTimeout(() => isUnused() && void worker.terminate(), TAKEN_WITHIN_MS);
  };
  const retire = (error: string) => {
    isRetired = true;
    lastError = error;
    endIfRetired();
  };
  const begin = (id: string) => {
    const waiting = invocations.get(id);
    if (waiting === undefined) return;
    waiting.timer = setTimeout(() => {
      settle(id, { kind: "failed", reason: "timeout", message: `timed out after ${spec.timeoutMs} ms` });
      retire(`an invocation timed out after ${spec.timeoutMs} ms`);
    }, spec.timeoutMs);
  };
  const idleCheck = setInterval(() => {
    if (worker.performance.eventLoopUtilization().idle < loadIdleMs) return;
    retire(`its code waited ${loadIdleMs} ms for something and did not load`);
    void worker.terminate();
  }, loadIdleMs / IDLE_CHECKS);
  void loading.promise.catch(() => undefined).then(() => clearInterval(idleCheck));

  worker.on("message", (message: ThreadMessage) => {
    if (message.kind === "output") output.add(message.text);
    else if (message.kind === "ready") {
      isLoaded = true;
      loading.resolve();
    } else if (message.kind === "begun") begin(message.id);
    else if (message.kind === "thrown")
      settle(message.id, { kind: "failed", reason: "thrown", message: message.message });
    else settle(message.id, { kind: "answered", json: message.json });
  });
  worker.on("error", (error: Error) => {
    retire(error.stack ?? error.message);
    loading.reject(new Error(oneLine(error)));
  });
  worker.on("exit", () => {
    output.end();
    isRetired = true;
    loading.reject(new Error(lastError.split("\n")[0]));
    // Node delivers all messages of the thread before this event, so it is known which of them began.
    for (const [id, { timer }] of [...invocations]) {
      settle(id, { kind: "failed", reason: timer === undefined ? "not begun" : "crashed", message: lastError });
    }
  });

  return {
    running: () => invocations.size,
    busyShare: () => {
      const used = worker.performance.eventLoopUtilization();
      const { utilization } = worker.performance.eventLoopUtilization(used, usedBefore);
      usedBefore = used;
      return utilization;
    },
    isRetired: () => isRetired,
    isLoaded: () => isLoaded,
    loaded: () => loading.promise,
    invoke: async (event) => {
      const id = randomUUID();
      const ended = Promise.withResolvers<Invocation>();
      invocations.set(id, { end: ended.resolve, timer: undefined });
      await loading.promise.catch(() => undefined);
      if (isRetired) settle(id, { kind: "failed", reason: "not begun", message: lastError });
      else worker.postMessage({ id, event: JSON.stringify(event) } satisfies InvocationRequest);
      return ended.promise;
    },
    stop: async () => {
      isRetired = true;
      await worker.terminate();
    },
  };
}

/** An invocation that has not ended. Its timer runs from the moment when the thread gave the event to the function. */
interface Waiting {
  readonly end: (invocation: Invocation) => void;
  timer: NodeJS.Timeout | undefined;
}

function oneLine({ name, message }: Error): string {
  return `${name}: ${message.split("\n")[0]}`;
}
