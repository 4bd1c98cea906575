import { seededRandom } from "./memory/clock.ts";

/** Each fault's probability per message, call, schedule or POST, if the run has it. Ours. */
const RATES = {
  "a message is delivered twice": 0.1,
  "messages arrive out of order": 0.3,
  "a message is delayed": 0.1,
  "a message is visible too early": 0.05,
  "an acknowledgement is lost": 0.05,
  "the store throttles": 0.02,
  "the store fails after writing": 0.02,
  "the index lags": 0.5,
  "recording an outcome stops halfway": 0.1,
  "a call is slow": 0.004,
  "the Scheduler throttles": 0.1,
  "the Scheduler fails after creating": 0.1,
  "a schedule fires late": 0.5,
  "a schedule fires very late": 0.05,
  "a schedule fires twice": 0.2,
  "a schedule fires early": 0.1,
  "a schedule never fires": 0.1,
  "a deleted schedule fires": 0.5,
  "a function crashes": 0.006,
  "clocks differ": 1,
  "a response is lost": 0.05,
  "a receiver flaps": 0.4,
  "a receiver goes down": 0.4,
  "a receiver never responds": 0.3,
  "a receiver sends Retry-After": 0.2,
  "events are rejected": 0.05,
  "operators pause": 1,
  "operators delete": 0.3,
  "operators change the URL": 1,
  "operators resend": 1,
} as const;
export type Fault = keyof typeof RATES;
export const FAULTS = Object.keys(RATES) as readonly Fault[];

/** All random choices of one run, from one seed. A random half of the faults is switched off. */
export class RunRandom {
  readonly next: () => number;
  readonly bytes: (count: number) => Uint8Array;
  readonly enabledFaults: ReadonlySet<Fault>;
  /** The longest time that a call takes in each direction, unless it is slow. */
  readonly callMs: number;
  /** How often each fault has happened. */
  readonly happened = new Map<Fault, number>();
  /** From then on no fault happens. */
  areFaultsOver = false;

  /** @param isQuiet whether all faults are off: a violation then has no fault as its cause */
  constructor(seed: number, isQuiet: (next: () => number) => boolean) {
    const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995);
    this.next = random.next;
    this.bytes = random.bytes;
    const quiet = isQuiet(random.next);
    this.callMs = random.next() < 0.5 ? 25 : 500;
    this.enabledFaults = new Set(FAULTS.filter(() => random.next() < 0.5 && !quiet));
  }

  happens(fault: Fault): boolean {
    if (this.areFaultsOver || !this.enabledFaults.has(fault) || this.next() >= RATES[fault]) return false;
    this.happened.set(fault, (this.happened.get(fault) ?? 0) + 1);
    return true;
  }

  /** A whole number from `from` (included) to `to` (included). */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<T>(among: readonly T[]): T {
    const one = among[Math.floor(this.next() * among.length)];
    if (one === undefined) throw new RangeError("Cannot pick from an empty list: need 1 or more");
    return one;
  }
}
