import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { invoked, logged } from "../usage-meter/lambda-calls.ts";
import type { Ledger } from "../usage-meter/ledger.ts";
import type { FunctionSpec } from "./functions.ts";
import { type Invocation, startThread, type Thread } from "./thread.ts";

/** One function, running. */
export interface Pool {
  /** Runs one event. */
  run(event: unknown): Promise<Invocation>;
  /**
   * Waits until fewer than the most allowed are running, and the processor is not all that they wait for. On Lambda each
   * event brings its own; here a backlog of thousands, taken at once, made calls of the table time out that had been
   * answered long ago, so that what was POSTed could not be written down, and was POSTed again.
   */
  room(): Promise<void>;
  /** 0 to 1, of the most allowed. */
  busyShare(): number;
  /** Loads the function's code, so that the first event need not wait for it. */
  warm(): Promise<void>;
  stop(): Promise<void>;
}

/** What functions have to tell a person. */
export interface FunctionLog {
  /** One line that the function wrote. */
  line(functionName: string, line: string): void;
  /** An invocation that failed. */
  failed(functionName: string, reason: string, message: string): void;
}

/** Events that a thread takes before another is started beside it, up to one for each core. Ours. */
const PER_THREAD = 64;
/** A thread that was busy for more than this share of the last moment has enough. Ours. */
const BUSY_MAX = 0.9;
const MOMENT_MS = 20;

/**
 * Keeps a function's threads.
 * @param max invocations at a time
 * @param ledger where invocations and log lines are counted, if they are
 */
export function createPool(spec: FunctionSpec, max: number, log: FunctionLog, ledger?: Ledger): Pool {
  const { label } = spec;
  let threads: Thread[] = [];
  const waiting: (() => void)[] = [];
  let running = 0;
  let isStopping = false;

  const pickThread = (): Thread => {
    threads = threads.filter((thread) => !thread.isRetired());
    const emptiest = threads.toSorted((a, b) => a.running() - b.running())[0];
    const isFull =
      emptiest === undefined || (emptiest.running() >= PER_THREAD && threads.length < availableParallelism());
    if (!isFull) return emptiest;
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
