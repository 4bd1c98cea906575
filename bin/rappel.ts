#!/usr/bin/env node
/** The command `rappel`: sends events, shows and repairs what happens to them. */
import { text } from "node:stream/consumers";
import { run } from "../cli/program.ts";
import { VERSION } from "../lambdas/shared/version.ts";

const stop = new AbortController();
process.once("SIGINT", () => stop.abort());
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0); // the reader has seen enough, as with head
  throw error;
});

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
