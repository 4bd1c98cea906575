import type { WriteStream } from "node:tty";
import { styleText } from "node:util";

const COLUMNS = 80;
const TIME_COLUMNS = 9;
const BAR_COLUMNS = 24;
/** Without a terminal, lines cannot be overwritten: then the bar is printed at each quarter. */
const QUARTERS = 4;
const CLEAR_LINE = "\r\x1b[2K"; // moves to the beginning of the line and clears it

type Tone = "good" | "bad" | "waiting" | "plain";
const COLOUR = { good: "green", bad: "red", waiting: "yellow", plain: "reset" } as const;

/** Prints the demo: lines of at most 80 columns; on a terminal with colours and a moving bar. */
export interface Screen {
  /** The title of a section. */
  title(text: string): void;
  /** A line with the time. */
  say(text: string, tone?: Tone): void;
  /** A line with the time that the next line overwrites on a terminal. */
  sayBriefly(text: string, tone?: Tone): void;
  /** A line without a time, which explains the line before. */
  note(text: string): void;
  /** A progress bar. A terminal draws it in place. */
  progress(done: number, all: number, text: string): void;
  line(text?: string): void;
}

/** @param startedAt the zero of all times, by `performance.now()` */
export function openScreen(out: Pick<WriteStream, "write" | "isTTY">, startedAt: number): Screen {
  let isDrawing = false;
  let quarter = 0;
  const line = (text = "") => {
    out.write(`${isDrawing ? CLEAR_LINE : ""}${text}\n`);
    isDrawing = false;
  };
  const draw = (text: string) => {
    out.write(`${CLEAR_LINE}${text}`);
    isDrawing = true;
  };
  const margin = " ".repeat(TIME_COLUMNS + 2);
  const now = () =>
    styleText("dim", `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`.padStart(TIME_COLUMNS));

  return {
    line,
    title: (text) => {
      line();
      line(`  ${styleText("bold", text)}`);
      quarter = 0;
    },
    say: (text, tone = "plain") => {
      const [first = "", ...rest] = wrapped(text);
      line(`${now()}  ${styleText(COLOUR[tone], first)}`);
      for (const part of rest) line(margin + styleText(COLOUR[tone], part));
    },
    note: (text) => {
      for (const part of wrapped(text)) line(margin + styleText("dim", part));
    },
    sayBriefly: (text, tone = "plain") => {
      const drawn = `${now()}  ${styleText(COLOUR[tone], text)}`;
      if (out.isTTY) draw(drawn);
      else line(drawn);
    },
    progress: (done, all, text) => {
      const filled = Math.floor((BAR_COLUMNS * done) / all);
      const bar = styleText("green", "█".repeat(filled)) + styleText("dim", "░".repeat(BAR_COLUMNS - filled));
      const drawn = `${now()}  ${bar}  ${text}`;
      const isQuarter = Math.floor((QUARTERS * done) / all) > quarter;
      if (out.isTTY && done < all) draw(drawn);
      else if (isQuarter || done === all) {
        quarter = Math.floor((QUARTERS * done) / all);
        line(drawn);
      }
    },
  };
}

/** Wraps text to lines that fit next to the time. A word longer than a line is not split. */
export function wrapped(text: string, columns = COLUMNS - TIME_COLUMNS - 2): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
