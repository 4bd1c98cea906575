/**
 * Loaded into a service with `--import`, before its own code. It notes the service's threads, and responds to each message
 * of the parent process with the CPU time of each of them.
 */
import { syncBuiltinESMExports } from "node:module";
import { basename } from "node:path";
import threads from "node:worker_threads";
import * as z from "zod";

/** CPU time since the start, in ms, and the number of messages that were sent to the thread. */
export interface ThreadUsage {
  readonly name: string;
  readonly cpuMs: number;
  readonly messages: number;
}

/** The response to a message. */
export interface ProcessUsage {
  readonly threads: readonly ThreadUsage[];
  /** Of the whole process, with its threads for garbage collection and compilation. */
  readonly cpuMs: number;
}

const Labelled = z.object({ workerData: z.object({ label: z.string() }) });
const Request = z.union([z.literal("usage"), z.object({ profile: z.string(), ms: z.number() })]);

class MeasuredWorker extends threads.Worker {
  readonly name: string;
  messages = 0;

  constructor(file: string | URL, options?: threads.WorkerOptions) {
    super(file, options);
    const labelled = Labelled.safeParse(options);
    this.name = labelled.success ? labelled.data.workerData.label : basename(String(file)).replace(/\.[jt]s$/, "");
    running.add(this);
    this.once("exit", () => running.delete(this));
  }

  override postMessage(...args: Parameters<threads.Worker["postMessage"]>): void {
    this.messages++;
    super.postMessage(...args);
  }
}

const running = new Set<MeasuredWorker>();
threads.Worker = MeasuredWorker;
syncBuiltinESMExports();

const inMs = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1_000;

async function usage(): Promise<ProcessUsage> {
  const used = await Promise.all(
    [...running].map(async (worker) => {
      const { name, messages } = worker;
      return { name, messages, cpuMs: inMs(await worker.cpuUsage()) };
    }),
  );
  const main = { name: "main", messages: 0, cpuMs: inMs(process.threadCpuUsage()) };
  return { threads: [main, ...used], cpuMs: inMs(process.cpuUsage()) };
}

/** Writes a CPU profile of each thread into a folder. */
async function profile(folder: string, ms: number): Promise<void> {
  const { writeFileSync } = await import("node:fs");
  const { Session } = await import("node:inspector/promises");
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.start");
  const profiled = await Promise.all(
    [...running].map(async (worker) => [worker, await worker.startCpuProfile()] as const),
  );
  await new Promise((resolve) => setTimeout(resolve, ms));
  const { profile: main } = await session.post("Profiler.stop");
  writeFileSync(`${folder}/main.cpuprofile`, JSON.stringify(main));
  for (const [{ name, threadId }, handle] of profiled)
    writeFileSync(`${folder}/${name}-${threadId}.cpuprofile`, String(await handle.stop()));
}

process.on("message", async (message) => {
  const request = Request.parse(message);
  if (request === "usage") process.send?.(await usage());
  else {
    await profile(request.profile, request.ms);
    process.send?.("profiled");
  }
});
