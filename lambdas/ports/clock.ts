export interface Clock {
  /** Epoch ms. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

export interface Dice {
  /** 0 (included) to 1 (excluded). */
  random(): number;
  /** Fit for secrets. */
  bytes(count: number): Uint8Array;
}
