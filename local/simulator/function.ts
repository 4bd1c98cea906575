import type { RunRandom } from "./faults.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** One invocation of a function. The checker uses it to explain duplicates. */
export interface Invocation {
  readonly name: string;
  readonly startedAt: number;
  isKilled: boolean;
  hasFailed: boolean;
  killedAt?: number;
}

/** What the simulated machines share. */
export interface Machine {
  readonly time: VirtualTime;
  readonly random: RunRandom;
  /** Whether a whole outage refuses a call now. */
  isRefused(environment: string, action: string): boolean;
  trace(line: string): void;
}

/**
 * A Lambda execution environment: it keeps its memory between invocations, until it crashes. Each call to a port passes
 * its boundary, where time passes and where it may crash.
 */
export class Environment {
  readonly #machine: Machine;
  readonly skewMs: number;
  readonly name: string;
  #isKilled = false;
  #onKill: () => void = () => undefined;
  invocation: Invocation;

  constructor(machine: Machine, name: string) {
    const { random, time } = machine;
    this.#machine = machine;
    this.name = name;
    this.skewMs = random.happens("clocks differ") ? random.between(-3_000, 3_000) : 0;
    this.invocation = { name, startedAt: time.now, isKilled: false, hasFailed: false };
  }

  get isKilled(): boolean {
    return this.#isKilled;
  }

  begin(name: string, onKill: () => void): void {
    this.invocation = { name, startedAt: this.#machine.time.now, isKilled: false, hasFailed: false };
    this.#onKill = onKill;
  }

  kill(where: string): void {
    if (this.#isKilled) return;
    this.#isKilled = true;
    this.invocation.isKilled = true;
    this.invocation.killedAt = this.#machine.time.now;
    this.#machine.trace(`${this.invocation.name} CRASHES ${where}`);
    this.#onKill();
  }

  /** Time passes. After a crash the promise never settles. */
  async boundary(where: string, ms = this.#latencyMs()): Promise<void> {
    if (!this.#isKilled) await this.#machine.time.sleep(ms);
    if (!this.#isKilled && this.#machine.random.happens("a function crashes")) this.kill(where);
    if (this.#isKilled) await new Promise<never>(() => undefined);
  }

  /** Runs `effect` between two boundaries. The store and the Scheduler may fail before or after it. */
  async call<T>(action: string, effect: () => Promise<T>, kind: "store" | "scheduler" = "store"): Promise<T> {
    const { random, trace } = this.#machine;
    await this.boundary(`before ${action}`);
    if (this.#machine.isRefused(this.name, action)) this.#fail(`${action}: refused`);
    if (random.happens(kind === "store" ? "the store throttles" : "the Scheduler throttles"))
      this.#fail(`${action}: throttled, nothing was done`);
    const answer = await effect();
    if (action !== "read overdue") trace(`${this.invocation.name} ${action}`);
    await this.boundary(`after ${action}`);
    if (random.happens(kind === "store" ? "the store fails after writing" : "the Scheduler fails after creating"))
      this.#fail(`${action}: done, but reported as an error`);
    return answer;
  }

  #fail(message: string): never {
    this.invocation.hasFailed = true;
    this.#machine.trace(`${this.invocation.name} ERROR ${message}`);
    throw new Error(message);
  }

  #latencyMs(): number {
    const { random } = this.#machine;
    return random.happens("a call is slow") ? random.between(500, 30_000) : random.between(1, random.callMs);
  }
}
