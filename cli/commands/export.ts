import { createWriteStream, existsSync, rmSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import type { Rappel } from "../../client/index.ts";
import { UsageError } from "../io.ts";
import type { Tools } from "../tools.ts";

const CURSOR = "rappel-next-cursor";

export function addExport(program: Command, { io, rappel, output }: Tools): void {
  program
    .command("export")
    .description("writes the account's endpoints and events to a file that `npm start -- --read` shows")
    .option("--out <file>", "the file; default: stdout")
    .action(async ({ out }: { out?: string }, command: Command) => {
      const [client, print] = [rappel(command), output(command)];
      let bytes = 0;
      const counted = async function* () {
        for await (const part of parts(client)) {
          bytes += Buffer.byteLength(part);
          print.progress(`${bytes} bytes`);
          yield part;
        }
        print.progressDone();
      };
      if (out === undefined) {
        for await (const part of counted()) io.out(part);
        return;
      }
      await writeNew(out, counted());
      print.object({ file: out, bytes }, () => `${bytes} bytes in ${out}`);
    });
}

/** Never over a file. One that is not complete is removed. */
async function writeNew(out: string, text: AsyncIterable<string>): Promise<void> {
  if (existsSync(out)) throw new UsageError(`--out ${out}: there is such a file already`);
  try {
    await pipeline(text, createWriteStream(out, { flags: "wx" }));
  } catch (error) {
    rmSync(out, { force: true });
    throw error;
  }
}

async function* parts(client: Rappel): AsyncGenerator<string> {
  for (let cursor: string | undefined, isLast = false; !isLast; ) {
    const { text, headers } = await client.answer("GET /v1/export", { query: { cursor } });
    yield text;
    cursor = headers.get(CURSOR) ?? undefined;
    isLast = cursor === undefined;
  }
}
