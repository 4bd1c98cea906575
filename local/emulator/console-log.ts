import { styleText } from "node:util";
import * as z from "zod";
import type { FunctionLog } from "./functions/pool.ts";

const LogLine = z.looseObject({ level: z.string(), message: z.string() });
/** What every line of Powertools' logger repeats. */
/** A line for CloudWatch, not for a person. */
const FIGURES = /^\{"_aws":/;
const NOISE = /^(level|message|timestamp|service|cold_start|function_|sampling_rate|xray_)/;

/**
 * Shows on a terminal what functions say: warnings, errors and failed invocations always.
 * @param isVerbose shows all else too
 */
export function consoleLog(isVerbose: boolean, print: (line: string) => void = console.log): FunctionLog {
  const tell = (level: string, functionName: string, text: string) => {
    const colour = level === "WARN" ? "yellow" : level === "INFO" || level === "DEBUG" ? "dim" : "red";
    print(`${new Date().toISOString().slice(11, 23)} ${styleText(colour, level.padEnd(5))} ${functionName}: ${text}`);
  };
  return {
    line: (functionName, line) => {
      if (!isVerbose && FIGURES.test(line)) return;
      const parsed = parse(line);
      const level = parsed?.level ?? "INFO";
      if (!isVerbose && (level === "INFO" || level === "DEBUG") && parsed) return;
      if (!parsed) return tell("INFO", functionName, line);
      const fields = Object.entries(parsed).filter(([name]) => !NOISE.test(name));
      const text = fields.map(
        ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
      );
      tell(level, functionName, [parsed.message, ...text].join(" "));
    },
    failed: (functionName, reason, message) =>
      tell("ERROR", functionName, `invocation ${reason}: ${message.split("\n")[0]}`),
  };
}

function parse(line: string): z.infer<typeof LogLine> | undefined {
  try {
    return LogLine.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
