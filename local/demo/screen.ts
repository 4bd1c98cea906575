import type { WriteStream } from "node:tty";
import { styleText } from "node:util";

const COLUMNS = 80;
const TIME_COLUMNS = 9;
const BAR_COLUMNS = 24;
/** Without a terminal nothing can be drawn over: then a bar is told by its quarters. */
const QUARTERS = 4;
const OVER = "\r\x1b[2K"; // to the line's begin, and clear it

export type Tone = "good" | "bad" | "waiting" | "plain";
const COLOUR = { good: "green", bad: "red", waiting: "yellow", plain: "reset" } as const;

/** Where a story is told: plain lines of 80 columns at most, with colours and a moving bar where there is a terminal. */
export interface Screen {
  /** A chapter. */
  title(text: string): void;
  /** What has happened now. */
  tell(text: string, tone?: Tone): void;
  /** What has happened now and is like the line before: a terminal draws the next over it. */
  pass(text: string, tone?: Tone): void;
  /** What belongs to the line before, with no time of its own. */
  note(text: string): void;
  /** How far something is. Told again and again: a terminal draws it in place. */
  progress(done: number, all: number, text: string): void;
  line(text?: string): void;
}

/** @param startedAt what times count from, by `performance.now()` */
export function openScreen(out: Pick<WriteStream, "write" | "isTTY">, startedAt: number): Screen {
  let isDrawing = false;
  let quarter = 0;
  const line = (text = "") => {
    out.write(`${isDrawing ? OVER : ""}${text}\n`);
    isDrawing = false;
  };
  const draw = (text: string) => {
    out.write(`${OVER}${text}`);
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
    tell: (text, tone = "plain") => {
      const [first = "", ...others] = wrapped(text);
      line(`${now()}  ${styleText(COLOUR[tone], first)}`);
      for (const other of others) line(margin + styleText(COLOUR[tone], other));
    },
    note: (text) => {
      for (const part of wrapped(text)) line(margin + styleText("dim", part));
    },
    pass: (text, tone = "plain") => {
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

/** In lines that fit beside the time; a word that is longer than a line stays whole. */
export function wrapped(text: string, columns = COLUMNS - TIME_COLUMNS - 2): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
