// The service that end-to-end tests share, in its own process: `node shared-process.ts LOG_FILE`.
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { startService } from "../../../local/emulator/service.ts";
import { listen } from "../../../local/listen.ts";
import { isRecording, record } from "../../privileges/record.ts";
import type { Shared } from "./shared.ts";

const log = process.argv[2] ?? "";
const name = randomUUID();
const note = (line: string) => appendFileSync(log, `${JSON.stringify(line)}\n`);
note("started");
const service = await startService({
  meter: isRecording() ? "calls" : false,
  port: 0,
  log: {
    line: (name, line) => note(`${name}: ${line}`),
    failed: (name, reason, message) => note(`${name}: invocation ${reason}: ${message}`),
  },
  progress: () => undefined,
});
// A test that has used the service requests a record, because the records are evaluated before this process ends.
const recorder = await listen(
  createServer((_, response) => {
    record(service, name);
    response.end();
  }),
);
const { url, engines, table } = service;
const shared: Shared = { url, engines, table: table.name, log, recorder: recorder.url };
console.log(JSON.stringify(shared));

// This process ends with its parent, however that ends.
process.stdin.resume().once("close", async () => {
  await recorder.stop();
  await service.stop();
  process.exit();
});
