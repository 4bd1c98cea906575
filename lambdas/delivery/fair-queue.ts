/** How many may run at a time, of one lane and in all. */
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
 * Lets work of many lanes run side by side, so that a slow lane delays nobody but itself: lanes take turns, and one that
 * is full waits in a queue of its own.
 */
export class FairQueue {
  readonly #limits: FairQueueLimits;
  readonly #running = new Map<string, number>();
  /** In the order of their turns. */
  readonly #waiting = new Map<string, Waiting[]>();
  #total = 0;

  constructor(limits: FairQueueLimits) {
    this.#limits = limits;
  }

  /** Runs `work` when its lane has room; answers `undefined` without running it when by then `isInTime` says no. */
  run<T>(lane: string, isInTime: () => boolean, work: () => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const begin = () =>
        void work()
          .finally(() => this.#ended(lane))
          .then(resolve, reject);
      const queue = this.#waiting.get(lane) ?? [];
      queue.push({ isInTime, begin, giveUp: () => resolve(undefined) });
      this.#waiting.set(lane, queue);
      this.#beginWhatFits();
    });
  }

  #ended(lane: string): void {
    this.#total--;
    const running = (this.#running.get(lane) ?? 1) - 1;
    if (running === 0) this.#running.delete(lane);
    else this.#running.set(lane, running);
    this.#beginWhatFits();
  }

  #beginWhatFits(): void {
    for (let began = true; began; ) {
      began = false;
      for (const lane of [...this.#waiting.keys()]) began = this.#beginOne(lane) || began;
    }
  }

  #beginOne(lane: string): boolean {
    const queue = this.#waiting.get(lane) ?? [];
    while (queue[0]?.isInTime() === false) queue.shift()?.giveUp();
    const running = this.#running.get(lane) ?? 0;
    const hasRoom = this.#total < this.#limits.total && running < this.#limits.perKey;
    const next = hasRoom ? queue.shift() : undefined;
    if (next !== undefined || queue.length === 0) this.#waiting.delete(lane);
    if (next === undefined) return false;
    if (queue.length > 0) this.#waiting.set(lane, queue); // behind the others: its turn was taken
    this.#total++;
    this.#running.set(lane, running + 1);
    next.begin();
    return true;
  }
}
