/** Calls `onLine` for each line of a text stream, also for a last line without a line end. Empty lines are skipped. */
export function forEachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  const { add, end } = lineReader(onLine);
  stream.setEncoding("utf8");
  stream.on("data", add);
  stream.on("end", end);
}

/** The same for a text that comes in parts. */
export function lineReader(onLine: (line: string) => void): { add(text: string): void; end(): void } {
  let rest = "";
  return {
    add: (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.trim()) onLine(line);
    },
    end: () => {
      if (rest.trim()) onLine(rest);
    },
  };
}
