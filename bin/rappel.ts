/** The command `rappel`: sends events, shows and repairs what happens to them. Its first line is added by the build. */
import { text } from "node:stream/consumers";
import { run } from "../cli/program.ts";
import { VERSION } from "../lambdas/shared/version.ts";
import { runKeys } from "../local/commands/keys.ts";

const [command, ...args] = process.argv.slice(2);
// The first key of a deployment: no API takes it, the table does, with AWS credentials.
const isOfTable = command === "keys" && args.some((arg) => /^--(table|data-dir|operator)(=|$)/.test(arg));

const INTERRUPTED = 130;
const stop = new AbortController();
/** Whether the command has something to finish. */
let endsByItself = false;
const end = (code: number) => {
  if (!endsByItself || stop.signal.aborted) process.exit(code);
  stop.abort();
};
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => end(INTERRUPTED));
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  end(0); // the reader has seen enough, as with head
});

if (isOfTable) await runKeys(args, "rappel keys");
else
  process.exitCode = await run(
    process.argv.slice(2),
    {
      out: (written) => void process.stdout.write(written),
      err: (written) => void process.stderr.write(written),
      isTerminal: process.stdout.isTTY === true,
      env: process.env,
      input: async () => (process.stdin.isTTY === true ? "" : text(process.stdin)),
      untilStopped: () => {
        endsByItself = true;
        return stop.signal;
      },
    },
    VERSION,
  );
