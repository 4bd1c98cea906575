import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { invoked, logged } from "../usage-meter/lambda-calls.ts";
import type { Ledger } from "../usage-meter/ledger.ts";
import type { FunctionSpec } from "./functions.ts";
import { type Invocation, startThread, type Thread } from "./thread.ts";

/** The threads of one function. */
export interface Pool {
  /** Runs one event. */
  run(event: unknown): Promise<Invocation>;
  /**
   * Waits until fewer than the maximum are running and the threads have processor time left. On Lambda each environment has
   * its own processor. Here thousands of concurrent events made calls to the table time out although they had been answered,
   * so that finished POSTs could not be recorded and were repeated.
   */
  room(): Promise<void>;
  /** Running invocations as a share of the maximum, 0 to 1. */
  busyShare(): number;
  /** Loads the function's code before the first event. */
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
  let isStopping = false;

  const pickThread = (): Thread => {
    threads = threads.filter((thread) => !thread.isRetired());
    const leastBusy = threads.toSorted((a, b) => a.running() - b.running())[0];
    const isFull =
      leastBusy === undefined || (leastBusy.running() >= PER_THREAD && threads.length < availableParallelism());
    if (!isFull) return leastBusy;
    const thread = startThread(spec, (line) => {
      ledger?.add(logged(label, line));
      log.line(label, line);
    });
    threads.push(thread);
    return thread;
  };

  return {
    run: async (event) => {
      running += 1;
      const begun = performance.now();
      const invocation = await pickThread().invoke(event);
      ledger?.add(invoked(spec, performance.now() - begun));
      running -= 1;
      waiting.shift()?.();
      if (invocation.kind === "failed" && !isStopping) log.failed(label, invocation.reason, invocation.message);
      return invocation;
    },
    room: async () => {
      while (running >= max) await new Promise<void>((resolve) => waiting.push(resolve));
      while (running > 0 && threads.every((thread) => thread.busyShare() > BUSY_MAX)) await sleep(MOMENT_MS);
    },
    busyShare: () => running / max,
    warm: () => pickThread().loaded(),
    stop: async () => {
      isStopping = true;
      await Promise.all(threads.map((thread) => thread.stop()));
    },
  };
}
