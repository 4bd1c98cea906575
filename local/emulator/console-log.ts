import { styleText } from "node:util";
import * as z from "zod";
import type { FunctionLog } from "./functions/pool.ts";

const LogLine = z.looseObject({ level: z.string(), message: z.string() });
/** A line of metrics in embedded metric format, for CloudWatch. */
const METRICS = /^\{"_aws":/;
/** Fields that Powertools' logger repeats on every line. */
const REPEATED_FIELDS = /^(level|message|timestamp|service|cold_start|function_|sampling_rate|xray_)/;

/**
 * Shows the functions' log on a terminal: always warnings, errors and failed invocations.
 * @param isVerbose whether to show all other lines too
 */
export function consoleLog(isVerbose: boolean, print: (line: string) => void = console.log): FunctionLog {
  const show = (level: string, functionName: string, text: string) => {
    const colour = level === "WARN" ? "yellow" : level === "INFO" || level === "DEBUG" ? "dim" : "red";
    print(`${new Date().toISOString().slice(11, 23)} ${styleText(colour, level.padEnd(5))} ${functionName}: ${text}`);
  };
  return {
    line: (functionName, line) => {
      if (!isVerbose && METRICS.test(line)) return;
      const parsed = parse(line);
      const level = parsed?.level ?? "INFO";
      if (!isVerbose && (level === "INFO" || level === "DEBUG") && parsed) return;
      if (!parsed) return show("INFO", functionName, line);
      const fields = Object.entries(parsed).filter(([name]) => !REPEATED_FIELDS.test(name));
      const text = fields.map(
        ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
      );
      show(level, functionName, [parsed.message, ...text].join(" "));
    },
    failed: (functionName, reason, message) =>
      show("ERROR", functionName, `invocation ${reason}: ${message.split("\n")[0]}`),
  };
}

function parse(line: string): z.infer<typeof LogLine> | undefined {
  try {
    return LogLine.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
