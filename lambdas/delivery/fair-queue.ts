/** How many tasks may run at the same time, per key and in total. */
export interface FairQueueLimits {
  readonly perKey: number;
  readonly total: number;
}

interface Waiting {
  readonly isInTime: () => boolean;
  readonly begin: () => void;
  readonly giveUp: () => void;
}

/**
 * Runs tasks of many keys (endpoints) in parallel, so that a slow key delays only itself: keys take turns, and the tasks of
 * a key that is at its limit wait in that key's own queue.
 */
export class FairQueue {
  readonly #limits: FairQueueLimits;
  readonly #running = new Map<string, number>();
  /** By key, in the order of their turns. */
  readonly #waiting = new Map<string, Waiting[]>();
  #total = 0;

  constructor(limits: FairQueueLimits) {
    this.#limits = limits;
  }

  /** Runs `work` when its key has room. Returns `undefined` without running it if there is no time left by then. */
  run<T>(key: string, isInTime: () => boolean, work: () => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const begin = () =>
        void work()
          .finally(() => this.#ended(key))
          .then(resolve, reject);
      const queue = this.#waiting.get(key) ?? [];
      queue.push({ isInTime, begin, giveUp: () => resolve(undefined) });
      this.#waiting.set(key, queue);
      this.beginWhatFits();
    });
  }

  #ended(key: string): void {
    this.#total--;
    const running = (this.#running.get(key) ?? 1) - 1;
    if (running === 0) this.#running.delete(key);
    else this.#running.set(key, running);
    this.beginWhatFits();
  }

  /** Begins waiting tasks. Called from outside when the limits have grown. */
  beginWhatFits(): void {
    for (let began = true; began; ) {
      began = false;
      for (const key of [...this.#waiting.keys()]) began = this.#beginOne(key) || began;
    }
  }

  #beginOne(key: string): boolean {
    const queue = this.#waiting.get(key) ?? [];
    while (queue[0]?.isInTime() === false) queue.shift()?.giveUp();
    const running = this.#running.get(key) ?? 0;
    const hasRoom = this.#total < this.#limits.total && running < this.#limits.perKey;
    const next = hasRoom ? queue.shift() : undefined;
    if (next !== undefined || queue.length === 0) this.#waiting.delete(key);
    if (next === undefined) return false;
    if (queue.length > 0) this.#waiting.set(key, queue); // last in the order: it has had its turn
    this.#total++;
    this.#running.set(key, running + 1);
    next.begin();
    return true;
  }
}
