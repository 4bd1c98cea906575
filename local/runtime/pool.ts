import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { FunctionSpec } from "./functions.ts";
import { type Environment, type Invocation, startThread, type Thread } from "./thread.ts";

/** The environments of one function. */
export interface Pool {
  readonly max: number;
  /** Reserves an environment, and makes one if none is free soon; at `max`, waits for one. */
  take(): Promise<Environment>;
  give(environment: Environment): void;
  /** Runs one event in an environment that was taken, and gives it back. */
  run(environment: Environment, event: unknown): Promise<Invocation>;
  stop(): Promise<void>;
}

/** What functions have to tell a person. */
export interface FunctionLog {
  /** One line that the function wrote. */
  line(functionName: string, line: string): void;
  /** An invocation that failed. */
  failed(functionName: string, reason: string, message: string): void;
}

// All ours.
/** A new environment costs more than a short wait for one that is nearly done. */
const PATIENCE_MS = 15;
const PER_THREAD = 64;
/** How many times more it is waited while environments come back quickly: a fresh one has cold code, and two cores are soon full. */
const MOVING_PATIENCE = 30;
/** Whoever waits for receivers with so many environments needs many more, and soon: two are then made at a time. */
const GROW_FASTER_AT = 4;
/** A thread whose environments were all idle this long ends; one always stays. */
const IDLE_MS = 30_000;

/** Keeps a function's environments: made one after the other as they are wanted, newest used first. */
export function createPool(spec: FunctionSpec, max: number, log: FunctionLog): Pool {
  const label = spec.environment["POWERTOOLS_SERVICE_NAME"] ?? spec.name;
  const threads: { thread: Thread; usedAt: number }[] = [];
  const idle: Environment[] = [];
  const waiting: ((environment: Environment) => void)[] = [];
  let alive = 0;
  let isGrowing = false;
  let isStopping = false;
  /** Environments given back since the last look. */
  let given = 0;

  /** As many threads as there are cores first, for they run side by side; then the emptiest that has room. */
  const pickThread = (): Thread => {
    const open = threads.filter(({ thread }) => !thread.isRetired() && thread.size() < PER_THREAD);
    const emptiest = open.sort((a, b) => a.thread.size() - b.thread.size())[0];
    if (emptiest && threads.length >= availableParallelism()) return emptiest.thread;
    const thread = startThread(spec, (line) => log.line(label, line));
    threads.push({ thread, usedAt: Date.now() });
    return thread;
  };

  const grow = async () => {
    if (isGrowing) return;
    isGrowing = true;
    let patienceLeft = MOVING_PATIENCE;
    while (waiting.length > 0 && alive < max && !isStopping) {
      given = 0;
      if (alive > 0) await sleep(PATIENCE_MS);
      if (waiting.length === 0) break;
      const isMoving = given >= waiting.length;
      if (isMoving && patienceLeft-- > 0) continue;
      patienceLeft = MOVING_PATIENCE;
      const more = alive > GROW_FASTER_AT ? 2 : 1;
      alive += more;
      await Promise.all(Array.from({ length: more }, async () => hand(await pickThread().load())));
    }
    isGrowing = false;
  };

  const hand = (environment: Environment) => {
    const waiter = waiting.shift();
    if (waiter) waiter(environment);
    else idle.push(environment);
  };

  const forget = (thread: Thread) => {
    const at = threads.findIndex((known) => known.thread === thread);
    if (at >= 0) threads.splice(at, 1);
  };

  const give = (environment: Environment) => {
    given += 1;
    const known = threads.find(({ thread }) => thread === environment.thread);
    if (known) known.usedAt = Date.now();
    if (!environment.isDead()) return hand(environment);
    alive -= 1;
    if (environment.thread.isRetired()) forget(environment.thread);
    void grow();
  };

  const take = async (): Promise<Environment> => {
    for (let newest = idle.pop(); newest; newest = idle.pop()) {
      if (!newest.isDead()) return newest;
      alive -= 1;
      if (newest.thread.isRetired()) forget(newest.thread);
    }
    const given = new Promise<Environment>((resolve) => waiting.push(resolve));
    void grow();
    return await given;
  };

  const reaper = setInterval(() => {
    for (const { thread, usedAt } of threads.slice(1)) {
      const resting = idle.filter((environment) => environment.thread === thread);
      if (resting.length < thread.size() || usedAt > Date.now() - IDLE_MS) continue;
      for (const environment of resting) idle.splice(idle.indexOf(environment), 1);
      alive -= resting.length;
      forget(thread);
      void thread.stop();
    }
  }, IDLE_MS / 4);
  reaper.unref();

  return {
    max,
    take,
    give,
    run: async (environment, event) => {
      const invocation = await environment.invoke(event);
      give(environment);
      if (invocation.kind === "failed" && !isStopping) log.failed(label, invocation.reason, invocation.message);
      return invocation;
    },
    stop: async () => {
      isStopping = true;
      clearInterval(reaper);
      await Promise.all(threads.map(({ thread }) => thread.stop()));
    },
  };
}
