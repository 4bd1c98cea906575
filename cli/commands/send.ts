import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { type NewEvent, type Rappel, RappelError } from "../../client/index.ts";
import { NegativeResult, UsageError } from "../io.ts";
import type { Output } from "../output.ts";
import type { Tools } from "../tools.ts";
import { timeValue } from "../values.ts";

const SENT_AT_ONCE = 1_000;

interface SendOptions {
  readonly file?: string;
  readonly eventId?: string;
  readonly timestamp?: string;
  readonly lines?: boolean;
}

export function addSend(program: Command, { io, rappel, output }: Tools): void {
  program
    .command("send")
    .description("sends an event; its payload is an argument, a file, or stdin")
    .argument("<type>", "such as order.paid")
    .argument("[json]", "the payload; its bytes are delivered as they are")
    .option("--file <path>", "reads the payload from a file; - is stdin")
    .option("--lines", "stdin or the file has a payload a line: sends an event for each")
    .option("--event-id <id>", "your own id of it: a second event with the same one is not delivered")
    .option("--timestamp <time>", "when it happened", timeValue)
    .addHelpText(
      "after",
      `\nExamples:\n  rappel send order.paid '{"order":7}'\n  rappel send order.paid --lines < orders.ndjson`,
    )
    .action(async (type: string, json: string | undefined, options: SendOptions, command: Command) => {
      const [client, print] = [rappel(command), output(command)];
      const text = json ?? (await textOf(options, io.input));
      const payloads = options.lines === true ? text.split("\n").filter((line) => line.trim() !== "") : [text];
      if (options.lines === true && options.eventId !== undefined)
        throw new UsageError("--event-id is the id of one event: it does not go with --lines");
      const { eventId, timestamp } = options;
      const events = payloads.map(
        (payload, n): NewEvent => ({
          type,
          json: validated(payload, options.lines === true ? `line ${n + 1}` : "the payload"),
          ...(eventId !== undefined && { eventId }),
          ...(timestamp !== undefined && { timestamp }),
        }),
      );
      await sendAll(client, events, print);
    });

  program
    .command("trigger")
    .description("sends a sample of one of Mailjet's or Sarbacane's events")
    .argument("[type]", "such as bounce; without it the types are listed")
    .option("--source <platform>", "mailjet or sarbacane, where both have the type")
    .addHelpText("after", "\nExamples:\n  rappel trigger\n  rappel trigger bounce --source mailjet")
    .action(async (type: string | undefined, { source }: { source?: string }, command: Command) => {
      const [client, print] = [rappel(command), output(command)];
      const { data } = await client.call("GET /v1/event-types");
      if (type === undefined) {
        const columns = {
          TYPE: (each: Row) => each.type,
          SOURCE: (each: Row) => each.source,
          DESCRIPTION: (each: Row) => each.description,
        };
        return print.rows(data, columns, "There are no samples");
      }
      const found = data.filter((each) => each.type === type && (source === undefined || each.source === source));
      const [sample] = found;
      if (sample === undefined || found.length > 1)
        throw new UsageError(
          found.length > 1
            ? `${type} is an event of ${found.map((each) => each.source).join(" and ")}: add --source`
            : `There is no sample of ${type}. All types: rappel trigger`,
        );
      const answer = await client.call(`POST /v1/sources/${sample.source}`, { json: JSON.stringify(sample.sample) });
      const { id } = "data" in answer ? { id: answer.data[0]?.id ?? "" } : answer;
      print.object({ id, type, source: sample.source }, () => id);
      print.note(`Accepted a sample of ${type} (${sample.source})`);
    });
}

/** Each event is accepted or refused for itself: what was accepted is printed, so that it is not sent again. */
async function sendAll(client: Rappel, events: readonly NewEvent[], print: Output): Promise<void> {
  let refused = 0;
  for (let from = 0; from < events.length; from += SENT_AT_ONCE) {
    const part = events.slice(from, from + SENT_AT_ONCE);
    const settled = await Promise.allSettled(part.map((event) => client.send(event)));
    for (const [n, each] of settled.entries()) {
      if (each.status === "fulfilled") {
        const { id } = each.value;
        print.object({ id, type: part[n]?.type }, () => id);
        continue;
      }
      if (events.length === 1) throw each.reason;
      refused++;
      const why = each.reason instanceof RappelError ? `${each.reason.code}: ${each.reason.message}` : each.reason;
      print.problem(`line ${from + n + 1}: ${why}`);
    }
  }
  const accepted = events.length - refused;
  print.note(
    `Accepted ${accepted} event${accepted === 1 ? "" : "s"}. Follow ${accepted === 1 ? "it" : "them"} with: rappel tail`,
  );
  if (refused > 0) throw new NegativeResult("some lines were refused");
}

interface Row {
  readonly type: string;
  readonly source: string;
  readonly description: string;
}

async function textOf({ file, lines }: SendOptions, input: () => Promise<string>): Promise<string> {
  if (file !== undefined && file !== "-") {
    try {
      return readFileSync(file, "utf8");
    } catch (error) {
      throw new UsageError(`Cannot read --file ${file}: ${error instanceof Error ? error.message : error}`);
    }
  }
  const text = await input();
  if (text.trim() !== "") return text;
  throw new UsageError(
    lines === true ? "stdin is empty: need a payload a line" : "Need a payload: an argument, --file, or stdin",
  );
}

function validated(json: string, what: string): string {
  try {
    JSON.parse(json);
    return json.trim();
  } catch (error) {
    throw new UsageError(`Cannot send ${what}: it is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}
