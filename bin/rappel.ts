/** The command `rappel`: sends events, shows and repairs what happens to them. Its first line is added by the build. */
import { text } from "node:stream/consumers";
import { run } from "../cli/program.ts";
import { VERSION } from "../lambdas/shared/version.ts";
import { runKeys } from "../local/commands/keys.ts";

const [command, ...args] = process.argv.slice(2);
// The first key of a deployment: no API takes it, the table does, with AWS credentials.
const isOfTable = command === "keys" && args.some((arg) => /^--(table|data-dir|operator)(=|$)/.test(arg));

const stop = new AbortController();
process.once("SIGINT", () => stop.abort());
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0); // the reader has seen enough, as with head
  throw error;
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
      stopped: stop.signal,
    },
    VERSION,
  );
