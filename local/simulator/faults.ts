import { seededRandom } from "./memory/clock.ts";

/** What can go wrong, and how often where it does: per message, call, schedule or POST. Ours. */
const RATES = {
  "a message comes twice": 0.1,
  "messages overtake each other": 0.3,
  "a message is late": 0.1,
  "a message is visible too early": 0.05,
  "an acknowledgement is lost": 0.05,
  "the store throttles": 0.02,
  "the store errs after writing": 0.02,
  "the index lags": 0.5,
  "an ending stops halfway": 0.1,
  "a call is slow": 0.004,
  "the scheduler refuses": 0.1,
  "the scheduler errs after creating": 0.1,
  "a schedule fires late": 0.5,
  "a schedule fires very late": 0.05,
  "a schedule fires twice": 0.2,
  "a schedule fires early": 0.1,
  "a schedule never fires": 0.1,
  "a deleted schedule fires": 0.5,
  "a function crashes": 0.006,
  "clocks differ": 1,
  "an answer is lost": 0.05,
  "a receiver flaps": 0.4,
  "a receiver dies": 0.4,
  "a receiver is silent": 0.3,
  "a receiver asks for patience": 0.2,
  "events are poisonous": 0.05,
  "operators pause": 1,
  "operators delete": 0.3,
  "operators move": 1,
  "operators resend": 1,
} as const;
export type Fault = keyof typeof RATES;
export const FAULTS = Object.keys(RATES) as readonly Fault[];

/** Every choice of one run, from one seed; a random half of the faults is switched off. */
export class Chance {
  readonly random: () => number;
  readonly bytes: (count: number) => Uint8Array;
  readonly on: ReadonlySet<Fault>;
  /** The longest that a call takes each way, where it is not slow. */
  readonly callMs: number;
  /** How often each has happened. */
  readonly happened = new Map<Fault, number>();
  /** Once true, nothing goes wrong any more. */
  isOver = false;

  /** @param isQuiet all faults are off: what fails then fails by itself */
  constructor(seed: number, isQuiet: (random: () => number) => boolean) {
    const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995);
    this.random = random.next;
    this.bytes = random.bytes;
    const quiet = isQuiet(random.next);
    this.callMs = random.next() < 0.5 ? 25 : 500;
    this.on = new Set(FAULTS.filter(() => random.next() < 0.5 && !quiet));
  }

  happens(fault: Fault): boolean {
    if (this.isOver || !this.on.has(fault) || this.random() >= RATES[fault]) return false;
    this.happened.set(fault, (this.happened.get(fault) ?? 0) + 1);
    return true;
  }

  /** A whole number from `from` (included) to `to` (included). */
  between(from: number, to: number): number {
    return from + Math.floor(this.random() * (to - from + 1));
  }

  pick<T>(among: readonly T[]): T {
    const one = among[Math.floor(this.random() * among.length)];
    if (one === undefined) throw new RangeError("Cannot pick from an empty list: need 1 or more");
    return one;
  }
}
