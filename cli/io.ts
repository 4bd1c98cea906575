/** What a command reads and writes. Tests pass their own. */
export interface Io {
  /** Writes to stdout. */
  readonly out: (text: string) => void;
  /** Writes to stderr: progress and errors, which a pipe does not get. */
  readonly err: (text: string) => void;
  /** Whether stdout is a terminal: only there it has colours and lines that are overwritten. */
  readonly isTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of stdin, to its end. */
  readonly input: () => Promise<string>;
  /**
   * Aborted by Ctrl-C. A command that asks for it ends by itself; the program ends at once for all others.
   */
  readonly untilStopped: () => AbortSignal;
}

/** A mistake in how a command was called. The program ends with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command did what it should, and the answer is no, as in a failed certification. The program ends with 1. */
export class NegativeResult extends Error {
  override readonly name = "NegativeResult";
}
