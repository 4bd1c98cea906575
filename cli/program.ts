import tab from "@bomb.sh/tab/commander";
import { Command, CommanderError } from "commander";
import { Rappel, RappelError } from "../client/index.ts";
import { addCertify } from "./commands/certify.ts";
import { addEndpoints } from "./commands/endpoints.ts";
import { addEvents } from "./commands/events.ts";
import { addExport } from "./commands/export.ts";
import { addImport } from "./commands/import.ts";
import { addKeys } from "./commands/keys.ts";
import { addListen } from "./commands/listen.ts";
import { addLogin } from "./commands/login.ts";
import { addRecover } from "./commands/recover.ts";
import { addSend } from "./commands/send.ts";
import { addStatus } from "./commands/status.ts";
import { addTail } from "./commands/tail.ts";
import { type Io, NegativeResult, UsageError } from "./io.ts";
import { Output, plain } from "./output.ts";
import { type ConnectionFlags, connectionOf } from "./profiles.ts";
import type { Tools } from "./tools.ts";

const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Runs a command line. @returns the exit code: 0 done, 1 failed, 2 called wrongly, 130 ended by Ctrl-C */
export async function run(args: readonly string[], io: Io, version: string): Promise<number> {
  const program = programFor(io, version);
  try {
    await program.parseAsync([...args], { from: "user" });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (error instanceof NegativeResult) return EXIT.failed;
    if (!isStop(error)) io.err(`${explained(error)}\n`);
    if (io.untilStopped().aborted) return EXIT.interrupted;
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

function isStop(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

function explained(error: unknown): string {
  if (!(error instanceof Error)) return plain(String(error));
  if (!(error instanceof RappelError)) return plain(`error: ${error.message}`);
  const { code, message, fields, retryAfterSeconds } = error;
  const lines = fields.map(
    ({ pointer, detail, allowed }) => `  ${pointer} ${detail}${allowed === undefined ? "" : `; allowed: ${allowed}`}`,
  );
  const later = retryAfterSeconds === undefined ? [] : [`  Try again in ${retryAfterSeconds} s.`];
  return plain(
    [`error: ${code === "OFFLINE" ? "No response from the API" : code}: ${message}`, ...lines, ...later].join("\n"),
  );
}

function programFor(io: Io, version: string): Command {
  const program = new Command("rappel")
    .description("Sends events as webhooks, and shows and repairs what happens to them.")
    .version(version)
    .option("--url <url>", "the API's base URL (RAPPEL_URL)")
    .option("--key <key>", "a key, as ID:SECRET (RAPPEL_KEY, which other users of this machine do not see)")
    .option("--account <name>", "with an operator's key: the account to act for (RAPPEL_ACCOUNT)")
    .option("--profile <name>", "a profile of `rappel login` (RAPPEL_PROFILE)")
    .option("--json", "prints JSON, one object a line")
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showHelpAfterError("(add --help for the options)")
    .addHelpText(
      "after",
      `
Examples:
  rappel login --url http://localhost:3000 --key key_…:…
  rappel send order.paid '{"order":7}'
  rappel tail --status pending,exhausted
  rappel certify https://example.com/hooks --secret whsec_…

Exit codes: 0 done, 1 failed, 2 called wrongly, 130 ended by Ctrl-C (tail and listen: 0).`,
    );
  const flagsOf = (command: Command) => command.optsWithGlobals<ConnectionFlags & { json?: boolean }>();
  const tools: Tools = {
    io,
    rappel: (command) => new Rappel(connectionOf(io, flagsOf(command))),
    output: (command) => new Output(io, flagsOf(command).json === true),
  };
  for (const add of [
    addLogin,
    addStatus,
    addSend,
    addTail,
    addListen,
    addEvents,
    addEndpoints,
    addRecover,
    addCertify,
    addKeys,
    addExport,
    addImport,
  ])
    add(program, tools);
  tab(program, { completionCommandName: "completion" });
  return program;
}
