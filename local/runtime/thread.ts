import { randomUUID } from "node:crypto";
import { Worker } from "node:worker_threads";
import type { Ask, Told } from "./environment-thread.ts";
import type { FunctionSpec } from "./functions.ts";
import { forEachLine } from "./lines.ts";

/** How one invocation ended. */
export type Invocation =
  | { readonly kind: "answered"; readonly json: string | undefined }
  | { readonly kind: "failed"; readonly reason: "thrown" | "timeout" | "crashed"; readonly message: string };

/** One execution environment: its own copy of the function's module, one event at a time. */
export interface Environment {
  readonly thread: Thread;
  /** Never takes an event again: its invocation timed out, or its thread is gone. */
  isDead(): boolean;
  invoke(event: unknown): Promise<Invocation>;
}

/**
 * A thread that several environments of one function share. A thread each would be the closer likeness of Lambda, but
 * costs 200 ms and 40 MB against 13 ms and 3 MB (measured), and a slow receiver needs a hundred of them.
 * The price: a crash takes the neighbours along, whose messages then come again; and a timeout stops the thread only when
 * the neighbours are done, so the code that was too slow may run on until then, unheard.
 */
export interface Thread {
  /** Environments ever loaded: a module is never unloaded. */
  size(): number;
  /** Takes no further environment or event. */
  isRetired(): boolean;
  load(): Promise<Environment>;
  stop(): Promise<void>;
}

/** Source: Lambda gives a function's code 10 s to load. */
const INIT_MS = 10_000;

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

  const waiting = new Map<number, (invocation: Invocation) => void>();
  let size = 0;
  let isRetired = false;
  let lastError = "the environment ended by itself";

  const settle = (id: number, invocation: Invocation) => {
    waiting.get(id)?.(invocation);
    waiting.delete(id);
    if (isRetired && waiting.size === 0) void worker.terminate();
  };
  worker.on("message", (told: Told) => {
    if (told.told === "thrown") settle(told.id, { kind: "failed", reason: "thrown", message: told.message });
    else settle(told.id, { kind: "answered", json: told.told === "answered" ? told.json : undefined });
  });
  worker.on("error", (error: Error) => {
    lastError = error.stack ?? error.message;
  });
  worker.on("exit", () => {
    isRetired = true;
    for (const id of [...waiting.keys()]) settle(id, { kind: "failed", reason: "crashed", message: lastError });
  });

  const ask = async (asked: Ask, limitMs: number): Promise<Invocation> => {
    if (isRetired) return { kind: "failed", reason: "crashed", message: lastError };
    const ended = Promise.withResolvers<Invocation>();
    waiting.set(asked.id, ended.resolve);
    const timer = setTimeout(() => {
      isRetired = true;
      settle(asked.id, { kind: "failed", reason: "timeout", message: `timed out after ${limitMs} ms` });
    }, limitMs);
    worker.postMessage(asked);
    const invocation = await ended.promise;
    clearTimeout(timer);
    return invocation;
  };

  const thread: Thread = {
    size: () => size,
    isRetired: () => isRetired,
    load: async () => {
      const id = size++;
      const loaded = await ask({ ask: "load", id }, INIT_MS);
      return {
        thread,
        isDead: () => isRetired || loaded.kind === "failed",
        invoke: async (event) => {
          if (loaded.kind === "failed") return loaded;
          const deadlineAt = Date.now() + spec.timeoutMs;
          const text = JSON.stringify(event);
          return await ask({ ask: "invoke", id, requestId: randomUUID(), event: text, deadlineAt }, spec.timeoutMs);
        },
      };
    },
    stop: async () => {
      isRetired = true;
      await worker.terminate();
    },
  };
  return thread;
}
