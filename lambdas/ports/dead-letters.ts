/** A message in a dead-letter queue. */
export interface DeadLetter {
  readonly body: string;
  /** Identifies this receive of the message. */
  readonly receipt: string;
  /** Whether this version of the code can decode it. */
  readonly isDecodable: boolean;
}

/** A queue with its dead-letter queue. */
export interface DeadLetters {
  /** Messages in the queue itself that are visible or being processed. Approximate. */
  queued(): Promise<number>;
  /** Receives some dead letters, which stay hidden for half a minute. None: there are no more, or all are hidden. */
  receive(): Promise<readonly DeadLetter[]>;
  /**
   * Sends dead letters to the queue again, then deletes them. After a crash in between they are in both.
   * @returns how many were sent; the queue may refuse some
   */
  sendAgain(letters: readonly DeadLetter[]): Promise<number>;
  delete(letters: readonly DeadLetter[]): Promise<void>;
}
