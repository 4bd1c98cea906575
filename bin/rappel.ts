/** The command `rappel`: sends events, shows and repairs what happens to them. Its first line is added by the build. */
import { text } from "node:stream/consumers";
import { run } from "../cli/program.ts";
import { VERSION } from "../lambdas/shared/version.ts";
import { runKeys } from "../local/commands/keys.ts";

const [command, ...args] = process.argv.slice(2);
// The first key of a deployment: no API takes it, the table does, with AWS credentials.
const isOfTable = command === "keys" && args.some((arg) => /^--(table|data-dir|operator)(=|$)/.test(arg));

const stop = new AbortController();
/** The commands that have something to finish. The others end at once. */
const ENDING = ["listen", "recover", "tail"];
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(signal, () => {
    if (stop.signal.aborted || !process.argv.some((arg) => ENDING.includes(arg))) process.exit(130);
    stop.abort();
  });
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  if (!process.argv.includes("listen")) process.exit(0); // the reader has seen enough, as with head
  stop.abort();
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
