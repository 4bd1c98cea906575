import type { Clock } from "../../lambdas/ports/clock.ts";

interface Appointment {
  readonly at: number;
  /** Appointments of one instant are kept in the order in which they were made. */
  readonly turn: number;
  readonly keep: () => void;
}

const isSooner = (a: Appointment, b: Appointment) => a.at < b.at || (a.at === b.at && a.turn < b.turn);

/** Time that passes only when everything waits for it: hours in milliseconds, the same way each time. */
export class VirtualTime {
  #now: number;
  #turns = 0;
  /** A binary heap: the soonest is first. */
  readonly #heap: Appointment[] = [];

  constructor(now = Date.UTC(2026, 10, 21, 12)) {
    this.#now = now;
  }

  get now(): number {
    return this.#now;
  }

  at(at: number, keep: () => void): void {
    const heap = this.#heap;
    let i = heap.push({ at: Math.max(at, this.#now), turn: this.#turns++, keep }) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#swapIfSooner(i, parent)) break;
      i = parent;
    }
  }

  after(ms: number, keep: () => void): void {
    this.at(this.#now + ms, keep);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(Math.max(0, Math.ceil(ms)), resolve));
  }

  /** @param skewMs how far this clock is ahead of the true time */
  clock(skewMs = 0): Clock {
    return { now: () => this.#now + skewMs, sleep: (ms) => this.sleep(ms) };
  }

  /** Keeps all appointments up to `until`; between two of them, whatever can go on without waiting goes on. */
  async run(until: number): Promise<void> {
    await settled();
    for (let next = this.#heap[0]; next !== undefined && next.at <= until; next = this.#heap[0]) {
      this.#drop();
      this.#now = next.at;
      next.keep();
      await settled();
    }
    this.#now = until;
  }

  #drop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let i = 0; ; ) {
      const left = 2 * i + 1;
      const [a, b] = [heap[left], heap[left + 1]];
      if (a === undefined) return;
      const child = b !== undefined && isSooner(b, a) ? left + 1 : left;
      if (!this.#swapIfSooner(child, i)) return;
      i = child;
    }
  }

  #swapIfSooner(child: number, parent: number): boolean {
    const [below, above] = [this.#heap[child], this.#heap[parent]];
    if (below === undefined || above === undefined || !isSooner(below, above)) return false;
    this.#heap[child] = above;
    this.#heap[parent] = below;
    return true;
  }
}

/** Once every promise that can go on has gone on: immediates run after all microtasks. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
