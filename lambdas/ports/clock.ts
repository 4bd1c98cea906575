export interface Clock {
  /** Epoch ms. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

export interface Random {
  /** 0 (included) to 1 (excluded). */
  next(): number;
  /** Cryptographically secure. */
  bytes(count: number): Uint8Array;
}
