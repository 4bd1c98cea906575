import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
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
      const file = out === undefined ? undefined : createWriteStream(out, { flags: "wx" });
      const opened =
        file === undefined
          ? undefined
          : new Promise<void>((resolve, reject) => file.once("open", () => resolve()).once("error", reject));
      await opened?.catch((error: Error) => {
        throw new UsageError(`Cannot write --out ${out}: ${error.message}`);
      });
      for await (const part of parts(client)) {
        bytes += Buffer.byteLength(part);
        if (file === undefined) io.out(part);
        else file.write(part);
        print.progress(`${bytes} bytes`);
      }
      print.progressDone();
      if (file === undefined) return;
      file.end();
      await finished(file);
      print.object({ file: out, bytes }, () => `${bytes} bytes in ${out}`);
    });
}

async function* parts(client: Rappel): AsyncGenerator<string> {
  for (let cursor: string | undefined, isLast = false; !isLast; ) {
    const { text, headers } = await client.answer("GET /v1/export", { query: { cursor } });
    yield text;
    cursor = headers.get(CURSOR) ?? undefined;
    isLast = cursor === undefined;
  }
}
