import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import * as z from "zod";

/** CPU milliseconds since the start by part: a function, `gateway and pollers`, `SQS engine`, `table engine`, `garbage collection and compilation`. */
export interface Usage {
  readonly cpuMs: ReadonlyMap<string, number>;
  /** Invocations by function. */
  readonly invocations: ReadonlyMap<string, number>;
}

/** `npm start` of a directory, in its own process. */
export interface MeasuredService {
  readonly url: string;
  readonly authorization: string;
  /** Seconds until it printed "ready". */
  readonly startSeconds: number;
  usage(): Promise<Usage>;
  /** Writes a CPU profile of each thread into a folder. */
  profile(folder: string, ms: number): Promise<void>;
  stop(): Promise<void>;
}

const PRELOAD = fileURLToPath(new URL("./thread-usage.ts", import.meta.url));
const TICKS_PER_SECOND = 100; // Linux: USER_HZ, the unit of /proc/<pid>/stat
const STOP_MS = 10_000;
const PARTS: Readonly<Record<string, string>> = { main: "gateway and pollers", "sqs-thread": "SQS engine" };

const ProcessUsage = z.object({
  threads: z.array(z.object({ name: z.string(), cpuMs: z.number(), messages: z.number() })),
  cpuMs: z.number(),
});

/**
 * Starts a directory's service on a free port, with its data in a temporary folder.
 * @param directory a checkout with its packages installed
 */
export async function startMeasured(directory: string): Promise<MeasuredService> {
  const data = mkdtempSync(join(tmpdir(), "rappel-bench-"));
  const begun = performance.now();
  const args = ["--disable-warning=ExperimentalWarning", "--import", PRELOAD, "bin/start.ts", "--port", "0"];
  const child = spawn(process.execPath, [...args, "--data-dir", data], {
    cwd: directory,
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const [, url = "", key = ""] = await printed(child, /export RAPPEL=(\S+) KEY=(\S+)/);
  const startSeconds = (performance.now() - begun) / 1_000;
  const respond = async (message: object | string): Promise<unknown> => {
    const answer = once(child, "message");
    child.send(message);
    return (await answer)[0];
  };
  return {
    url,
    authorization: `Basic ${Buffer.from(key).toString("base64")}`,
    startSeconds,
    usage: async () => usageOf(ProcessUsage.parse(await respond("usage")), engineMs(child.pid ?? 0)),
    profile: async (folder, ms) => void (await respond({ profile: folder, ms })),
    stop: async () => {
      child.kill("SIGTERM");
      await Promise.race([once(child, "exit"), sleep(STOP_MS, undefined, { ref: false })]);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** @throws {Error} if the process ends before it prints what is awaited */
async function printed(child: ChildProcess, pattern: RegExp): Promise<readonly string[]> {
  let text = "";
  const found = new Promise<readonly string[]>((resolve) => {
    child.stdout?.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      const match = pattern.exec(text);
      if (match) resolve(match);
    });
  });
  const ended = once(child, "exit").then(() => {
    throw new Error(`The service did not start:\n${text}`);
  });
  return Promise.race([found, ended]);
}

function usageOf({ threads, cpuMs }: z.infer<typeof ProcessUsage>, tableMs: number): Usage {
  const parts = new Map<string, number>();
  const invocations = new Map<string, number>();
  const add = (part: string, ms: number) => parts.set(part, (parts.get(part) ?? 0) + ms);
  for (const { name, messages, ...thread } of threads) {
    add(PARTS[name] ?? name, thread.cpuMs);
    if (messages > 0) invocations.set(name, (invocations.get(name) ?? 0) + messages);
  }
  add("garbage collection and compilation", cpuMs - threads.reduce((sum, thread) => sum + thread.cpuMs, 0));
  add("table engine", tableMs);
  return { cpuMs: parts, invocations };
}

/** CPU time of the process's children: the table's engine. Elsewhere than on Linux 0. */
function engineMs(pid: number): number {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
    );
    return children.reduce((sum, child) => sum + ownMs(child) + engineMs(child), 0);
  } catch {
    return 0;
  }
}

/** Source: proc(5), fields 14 and 15 of stat; the name before them may have spaces. */
function ownMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1_000;
}
