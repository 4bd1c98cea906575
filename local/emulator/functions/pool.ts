import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { invoked, logged } from "../usage-meter/lambda-calls.ts";
import type { Ledger } from "../usage-meter/ledger.ts";
import type { FunctionSpec } from "./functions.ts";
import { type Invocation, startThread, type Thread } from "./thread.ts";

/** The threads of one function. */
export interface Pool {
  /** Runs one event. It ends as `not begun` if the code does not load, or after `stop`. */
  run(event: unknown): Promise<Invocation>;
  /**
   * Waits until the code is loaded, fewer than the maximum are running and the threads have processor time left. On Lambda
   * each environment has its own processor. Here thousands of concurrent events made calls to the table time out although
   * they had been answered, so that finished POSTs could not be recorded and were repeated. After `stop` there is no room.
   * @param withinMs how long to wait; without it, there is no limit
   * @returns whether there is room
   */
  room(withinMs?: number): Promise<boolean>;
  /** Running invocations as a share of the maximum, 0 to 1. */
  busyShare(): number;
  /** Loads the function's code before the first event. @throws {Error} if that fails; the message is one sentence */
  warm(): Promise<void>;
  stop(): Promise<void>;
}

/** Receives the functions' log. */
export interface FunctionLog {
  /** One line that the function wrote. */
  line(functionName: string, line: string): void;
  /** An invocation that failed. */
  failed(functionName: string, reason: string, message: string): void;
}

/** Concurrent events per thread before another thread is started, up to one per core. Ours. */
const PER_THREAD = 64;
/** A thread that was busy for more than this share of the time gets no more events. Ours. */
const BUSY_MAX = 0.9;
const MOMENT_MS = 20;
/** Milliseconds between a thread that did not load and the next one. Ours. */
const LOAD_AGAIN_MS = 1_000;

/**
 * Creates a function's pool of threads.
 * @param max concurrent invocations
 * @param ledger counts invocations and log lines, if given
 */
export function createPool(spec: FunctionSpec, max: number, log: FunctionLog, ledger?: Ledger): Pool {
  const { label } = spec;
  let threads: Thread[] = [];
  const waiting: (() => void)[] = [];
  let running = 0;
  let isWarm = false;
  let isStopping = false;
  let notBefore = 0; // when the next thread may be started, in ms of `performance.now()`

  const addThread = (): Thread => {
    const thread = startThread(spec, (line) => {
      ledger?.add(logged(label, line));
      log.line(label, line);
    });
    thread.loaded().catch((error: Error) => {
      notBefore = performance.now() + LOAD_AGAIN_MS;
      if (isWarm && !isStopping) log.failed(label, "not begun", `its code cannot be loaded: ${error.message}`);
    });
    threads.push(thread);
    return thread;
  };
  /** A loaded thread if there is one: a new one must not hold events that another could run. */
  const pickThread = (): Thread | undefined => {
    threads = threads.filter((thread) => !thread.isRetired());
    const byRunning = threads.toSorted((a, b) => a.running() - b.running());
    const leastBusy = byRunning.find((thread) => thread.isLoaded()) ?? byRunning[0];
    const mayStart = !isStopping && performance.now() >= notBefore;
    if (leastBusy === undefined) return mayStart ? addThread() : undefined;
    const isFull = leastBusy.running() >= PER_THREAD && threads.length < availableParallelism();
    if (isFull && mayStart && byRunning.every((thread) => thread.isLoaded())) addThread();
    return leastBusy;
  };
  const invoke = async (event: unknown): Promise<Invocation> => {
    for (;;) {
      const thread = pickThread();
      if (thread === undefined) return { kind: "failed", reason: "not begun", message: "its code is not loaded" };
      const invocation = await thread.invoke(event);
      // A thread that had loaded ended because of another event. This one can run in the next thread.
      const isOver = invocation.kind === "answered" || invocation.reason !== "not begun" || !thread.isLoaded();
      if (isOver || isStopping) return invocation;
    }
  };

  const isBusy = () => threads.filter((thread) => thread.isLoaded()).every((thread) => thread.busyShare() > BUSY_MAX);
  /** Waits until an invocation has ended, or the time is over. */
  const oneHasEnded = (leftMs: number) =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (leftMs === Number.POSITIVE_INFINITY) return;
      // It leaves the list, or the next end would wake nobody.
      setTimeout(() => {
        const at = waiting.indexOf(resolve);
        if (at >= 0) waiting.splice(at, 1);
        resolve();
      }, leftMs);
    });

  return {
    run: async (event) => {
      running += 1;
      const begun = performance.now();
      const invocation = await invoke(event);
      running -= 1;
      waiting.shift()?.();
      if (invocation.kind === "failed" && invocation.reason === "not begun") return invocation;
      ledger?.add(invoked(spec, performance.now() - begun));
      if (invocation.kind === "failed" && !isStopping) log.failed(label, invocation.reason, invocation.message);
      return invocation;
    },
    room: async (withinMs = Number.POSITIVE_INFINITY) => {
      const until = performance.now() + withinMs;
      while (!isStopping) {
        const leftMs = until - performance.now();
        if (leftMs <= 0) return false;
        if (running >= max) await oneHasEnded(leftMs);
        else if (!pickThread()?.isLoaded()) await sleep(MOMENT_MS);
        else if (running > 0 && isBusy()) await sleep(MOMENT_MS);
        else return true;
      }
      return await new Promise<never>(() => undefined);
    },
    busyShare: () => running / max,
    warm: async () => {
      await pickThread()
        ?.loaded()
        .catch((error: Error) => {
          throw new Error(`Cannot start: the code of the function ${label} cannot be loaded: ${error.message}`);
        });
      isWarm = true;
    },
    stop: async () => {
      isStopping = true;
      await Promise.all(threads.map((thread) => thread.stop()));
    },
  };
}
