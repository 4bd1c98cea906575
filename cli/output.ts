import { styleText } from "node:util";
import type { Io } from "./io.ts";

/** What a command prints: JSON with `--json`, else text for people. */
export class Output {
  readonly #io: Io;
  readonly isJson: boolean;

  constructor(io: Io, isJson: boolean) {
    this.#io = io;
    this.isJson = isJson;
  }

  /** One object. With `--json` as one line, so that several are a stream. */
  object(value: unknown, text: () => string): void {
    this.#io.out(this.isJson ? `${JSON.stringify(value)}\n` : `${withoutControls(text())}\n`);
  }

  /** Rows: a table in a terminal, columns separated by tabs in a pipe, a line of JSON each with `--json`. */
  rows<T>(
    values: readonly T[],
    columns: Readonly<Record<string, (value: T) => string | number | null>>,
    none: string,
  ): void {
    if (this.isJson) {
      for (const value of values) this.#io.out(`${JSON.stringify(value)}\n`);
      return;
    }
    if (values.length === 0) {
      this.#io.err(`${none}\n`);
      return;
    }
    const heads = Object.keys(columns);
    const cells = values.map((value) => Object.values(columns).map((cell) => plain(String(cell(value) ?? "–"))));
    if (!this.#io.isTerminal) {
      for (const row of [heads, ...cells]) this.#io.out(`${row.join("\t")}\n`);
      return;
    }
    const widths = heads.map((head, n) => Math.max(head.length, ...cells.map((row) => row[n]?.length ?? 0)));
    const line = (row: readonly string[]) =>
      row
        .map((cell, n) => cell.padEnd(widths[n] ?? 0))
        .join("  ")
        .trimEnd();
    this.#io.out(`${this.#styled("bold", line(heads))}\n`);
    for (const row of cells) this.#io.out(`${line(row)}\n`);
  }

  /** Says what failed, to stderr, also with `--json`. */
  problem(text: string): void {
    this.#io.err(`${plain(text)}\n`);
  }

  /** Says what happens, to stderr. */
  note(text: string): void {
    if (!this.isJson) this.#io.err(`${plain(text)}\n`);
  }

  /** Replaces the line before in a terminal; a pipe gets nothing. */
  progress(text: string): void {
    if (!this.isJson && this.#io.isTerminal) this.#io.err(`\r\x1b[K${plain(text)}`);
  }

  /** Ends a line of progress. */
  progressDone(): void {
    if (!this.isJson && this.#io.isTerminal) this.#io.err("\r\x1b[K");
  }

  good(text: string): string {
    return this.#styled("green", text);
  }
  bad(text: string): string {
    return this.#styled("red", text);
  }
  quiet(text: string): string {
    return this.#styled("dim", text);
  }

  #styled(style: "bold" | "green" | "red" | "dim", text: string): string {
    const { NO_COLOR } = this.#io.env;
    return this.#io.isTerminal && (NO_COLOR ?? "") === "" ? styleText(style, text, { validateStream: false }) : text;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that begins a colour
const COLOUR = /(\u001b\[(?:1|2|22|31|32|39)m)/;

/** As `plain`, but for the colours that this program sets itself. */
function withoutControls(text: string): string {
  const parts = text.split(COLOUR); // every second one is a colour
  return parts.map((part, n) => (n % 2 === 1 ? part : plain(part))).join("");
}

/** Text of others, such as a receiver's answer, without what would move a terminal's cursor or change its colours. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "�");
}
