import type { Clock } from "../../lambdas/ports/clock.ts";

interface ScheduledCall {
  readonly at: number;
  /** Orders calls of the same instant: the one that was added first runs first. */
  readonly order: number;
  readonly run: () => void;
}

const isEarlier = (a: ScheduledCall, b: ScheduledCall) => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Time that advances only when all code waits for it: hours pass in milliseconds, and each run is the same. */
export class VirtualTime {
  #now: number;
  #added = 0;
  /** A binary heap: the earliest call is first. */
  readonly #heap: ScheduledCall[] = [];

  constructor(now = Date.UTC(2026, 10, 21, 12)) {
    this.#now = now;
  }

  get now(): number {
    return this.#now;
  }

  at(at: number, run: () => void): void {
    const heap = this.#heap;
    let i = heap.push({ at: Math.max(at, this.#now), order: this.#added++, run }) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#swapIfEarlier(i, parent)) break;
      i = parent;
    }
  }

  after(ms: number, run: () => void): void {
    this.at(this.#now + ms, run);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(Math.max(0, Math.ceil(ms)), resolve));
  }

  /** @param skewMs how far this clock is ahead of the true time */
  clock(skewMs = 0): Clock {
    return { now: () => this.#now + skewMs, sleep: (ms) => this.sleep(ms) };
  }

  /** Runs all calls up to `until`. After each one, code that can continue without a wait continues. */
  async run(until: number): Promise<void> {
    await microtasksDone();
    for (let next = this.#heap[0]; next !== undefined && next.at <= until; next = this.#heap[0]) {
      this.#drop();
      this.#now = next.at;
      next.run();
      await microtasksDone();
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
      const child = b !== undefined && isEarlier(b, a) ? left + 1 : left;
      if (!this.#swapIfEarlier(child, i)) return;
      i = child;
    }
  }

  #swapIfEarlier(child: number, parent: number): boolean {
    const [below, above] = [this.#heap[child], this.#heap[parent]];
    if (below === undefined || above === undefined || !isEarlier(below, above)) return false;
    this.#heap[child] = above;
    this.#heap[parent] = below;
    return true;
  }
}

/** Resolves after all microtasks: immediates run after them. */
function microtasksDone(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
