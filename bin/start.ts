/** `npm start`: runs the whole of Rappel on one machine. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { buildConsole } from "../console/build-console.ts";
import type { StaticFiles } from "../lambdas/console/serve-files.ts";
import { readStaticFiles } from "../lambdas/runtime/static-files.ts";
import { readContext } from "../lib/context.ts";
import { readSettings } from "../lib/settings.ts";
import { acceptedHosts, isLoopback } from "../local/accepted-hosts.ts";
import { consoleLog } from "../local/emulator/console-log.ts";
import { defaultSchedule } from "../local/emulator/default-schedule.ts";
import { takeDataFolder } from "../local/emulator/engines/data-lock.ts";
import { consoleCode, newOperatorKey, readyKey } from "../local/emulator/ready-key.ts";
import { startService } from "../local/emulator/service.ts";
import { readWelcome, welcome } from "../local/emulator/welcome.ts";
import { readExport } from "../local/export/read-export.ts";
import { serveExport } from "../local/export/serve-export.ts";

const HELP = `Runs Rappel on this machine.

  npm start                         starts it
  npm start -- --port 8080          uses another port (default 3000; 0: any free port)
  npm start -- --memory             stores all data in memory, until it stops
  npm start -- --data-dir ./other   stores its data in another folder (default .rappel)
  npm start -- --retry-schedule 10x1s,10x3s
                                    sets the default retry schedule of new endpoints: 10 waits of 1 s, then 10 of 3 s
                                    (s, m or h; or standard, mailjet, sarbacane)
  npm start -- --read events.json   serves a file of npm run export, read-only, without engines, keys or network
  npm start -- --host 0.0.0.0       also listens on another address of this machine (default 127.0.0.1), so that others in
                                    your network reach it; for containers and virtual machines
  npm start -- --allow-host NAME    also answers under this host name (repeatable), such as that of a container
  npm start -- --verbose            prints everything that the functions log
  npm start -- --help               shows this

RAPPEL_DYNAMODB_URL is the URL of another DynamoDB engine to use instead of the built-in one.
`;
/** A stop that takes longer is cut short: the next start repeats unfinished work. */
const STOP_MS = 1_900;

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string", default: "3000" },
        host: { type: "string", default: "127.0.0.1" },
        "allow-host": { type: "string", multiple: true, default: [] },
        memory: { type: "boolean", default: false },
        "data-dir": { type: "string", default: ".rappel" },
        "retry-schedule": { type: "string" },
        read: { type: "string" },
        verbose: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const port = Number(values.port);
    if (!/^\d{1,5}$/.test(values.port) || port > 65_535) {
      throw new Error(`Cannot use --port ${values.port}: need a whole number from 0 (any free port) to 65535`);
    }
    const schedule = values["retry-schedule"];
    const host = values.host === "localhost" ? "127.0.0.1" : values.host;
    const hosts = acceptedHosts(host, values["allow-host"]);
    const overrides = schedule === undefined ? {} : defaultSchedule(schedule);
    return {
      ...values,
      port,
      host,
      acceptedHosts: hosts,
      schedule,
      overrides,
      dataFolder: resolve(values["data-dir"]),
    };
  } catch (error) {
    return exitWith(2, `${messageOf(error)}\n\n${HELP}`);
  }
}

function exitWith(code: number, line: string): never {
  (code === 0 ? process.stdout : process.stderr).write(`${line}\n`);
  process.exit(code);
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "EADDRINUSE") {
    return `Cannot start: port ${flags.port} is in use. Stop the process that uses it, or choose another port: npm start -- --port ${flags.port + 1}`;
  }
  if ("code" in error && error.code === "EADDRNOTAVAIL")
    return `Cannot start: --host ${flags.host} is no address of this machine. Use one of its addresses, or 0.0.0.0 for all of them.`;
  return error.message;
}

const flags = readFlags();
if (flags.help) exitWith(0, HELP);
const startedAt = performance.now();
const runFile = join(flags.dataFolder, "run.json");

try {
  if (flags.read !== undefined) await serveRead(flags.read);
  else await serveAll();
} catch (error) {
  exitWith(1, messageOf(error));
}

async function serveRead(path: string): Promise<void> {
  const read = await readExport(path);
  const { url, stop } = await serveExport(read, flags.port, { ...flags, consoleFiles: await consoleFiles() });
  stopOnSignal(stop);
  console.log(readWelcome(url, path, read));
  warnOfNetwork("It shows the export to everyone, without a key.");
}

/** The console's files, built in a temporary folder. */
async function consoleFiles(): Promise<StaticFiles> {
  const folder = mkdtempSync(join(tmpdir(), "rappel-console-"));
  try {
    await buildConsole(folder, readSettings(readContext()["stages"], "local").consoleBranding);
    return readStaticFiles(pathToFileURL(`${folder}/`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function serveAll(): Promise<void> {
  if (!flags.memory) takeDataFolder(flags.dataFolder);
  const service = await startService({
    port: flags.port,
    host: flags.host,
    acceptedHosts: flags.acceptedHosts,
    ...(flags.memory ? {} : { dataFolder: flags.dataFolder }),
    overrides: flags.overrides,
    log: consoleLog(flags.verbose),
    progress: (line) => console.log(line),
  });
  const { url, engines, table, queueUrl } = service;
  // For `npm run keys` and `npm run export`, which use the running engines.
  const run = { pid: process.pid, port: Number(new URL(url).port), url, engines, tableName: table.name, queueUrl };
  if (!flags.memory) writeFileSync(runFile, `${JSON.stringify(run, undefined, 2)}\n`, { mode: 0o600 });
  const key = await readyKey(table, flags.memory ? undefined : join(flags.dataFolder, "key.json"));
  // `npm run keys` cannot reach data in memory.
  const operatorKey = flags.memory ? await newOperatorKey(table) : undefined;

  const stop = async () => {
    if (!flags.memory) rmSync(runFile, { force: true });
    await service.stop();
  };
  stopOnSignal(stop);
  void service.failed.then(async ({ message }) => {
    const kept = flags.memory ? "Its data was in memory and is lost" : "Nothing that was accepted is lost";
    console.error(`\n${message} The service stops. ${kept}: start it again with npm start.`);
    setTimeout(() => process.exit(1), STOP_MS).unref();
    await stop().catch(() => undefined);
    process.exit(1);
  });

  console.log(`ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  const kept = flags.memory ? "in memory, lost when it stops" : flags.dataFolder;
  console.log(
    welcome(url, { key, operatorKey, consoleCode: await consoleCode(table, key), kept, schedule: flags.schedule }),
  );
  warnOfNetwork(
    "Its inbox needs no key: everyone can read what it received. With a key, they can make it send requests to this machine's loopback.",
  );
}

/** @param exposed what others can do without a key */
function warnOfNetwork(exposed: string): void {
  if (isLoopback(flags.host)) return;
  console.error(
    `WARNING: --host ${flags.host} opens this service to your network, without TLS: keys and payloads can be read on the way. ${exposed}\n`,
  );
}

function stopOnSignal(stopService: () => Promise<void>): void {
  let isStopping = false;
  const stop = async () => {
    // npm forwards the signal that the terminal has already sent, so the second one is ignored.
    if (isStopping) return;
    isStopping = true;
    console.log("\nstopping …");
    setTimeout(() => process.exit(0), STOP_MS).unref();
    await stopService();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop());
}
