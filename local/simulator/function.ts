import type { Chance } from "./faults.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** One run of a function, for whoever asks afterwards why something was done twice. */
export interface Invocation {
  readonly name: string;
  readonly startedAt: number;
  isKilled: boolean;
  hasErred: boolean;
}

/** What the simulated machines share. */
export interface Machine {
  readonly time: VirtualTime;
  readonly chance: Chance;
  trace(line: string): void;
}

/**
 * An execution environment: what it remembers outlives one invocation, and dies with it when it crashes. Each call of
 * the world outside passes its boundary, where time passes and where it may end without another word.
 */
export class Environment {
  readonly #machine: Machine;
  readonly skewMs: number;
  readonly name: string;
  #isDead = false;
  #onDeath: () => void = () => undefined;
  invocation: Invocation;

  constructor(machine: Machine, name: string) {
    const { chance, time } = machine;
    this.#machine = machine;
    this.name = name;
    this.skewMs = chance.happens("clocks differ") ? chance.between(-3_000, 3_000) : 0;
    this.invocation = { name, startedAt: time.now, isKilled: false, hasErred: false };
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  begin(name: string, onDeath: () => void): void {
    this.invocation = { name, startedAt: this.#machine.time.now, isKilled: false, hasErred: false };
    this.#onDeath = onDeath;
  }

  kill(why: string): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.invocation.isKilled = true;
    this.#machine.trace(`${this.invocation.name} DIES ${why}`);
    this.#onDeath();
  }

  /** Time passes; who dies meanwhile never goes on. */
  async boundary(where: string, ms = this.#latencyMs()): Promise<void> {
    if (!this.#isDead) await this.#machine.time.sleep(ms);
    if (!this.#isDead && this.#machine.chance.happens("a function crashes")) this.kill(where);
    if (this.#isDead) await new Promise<never>(() => undefined);
  }

  /** Carries out `effect` in between two boundaries; the store and the Scheduler fail before or after it. */
  async call<T>(what: string, effect: () => Promise<T>, kind: "store" | "scheduler" = "store"): Promise<T> {
    const { chance, trace } = this.#machine;
    await this.boundary(`before ${what}`);
    if (chance.happens(kind === "store" ? "the store throttles" : "the scheduler refuses"))
      this.#err(`${what}: throttled, nothing done`);
    const answer = await effect();
    if (what !== "read overdue") trace(`${this.invocation.name} ${what}`);
    await this.boundary(`after ${what}`);
    if (chance.happens(kind === "store" ? "the store errs after writing" : "the scheduler errs after creating"))
      this.#err(`${what}: done, but told as an error`);
    return answer;
  }

  #err(message: string): never {
    this.invocation.hasErred = true;
    this.#machine.trace(`${this.invocation.name} ERROR ${message}`);
    throw new Error(message);
  }

  #latencyMs(): number {
    const { chance } = this.#machine;
    return chance.happens("a call is slow") ? chance.between(500, 30_000) : chance.between(1, chance.callMs);
  }
}
