import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ListSchedulesCommand, type SchedulerClient } from "@aws-sdk/client-scheduler";

const CHECK_MS = 200; // ours
/** USER_HZ: the unit of times in /proc. Source: proc_pid_stat(5); 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** The most schedules of an endpoint in a number of checks. */
export interface ScheduleWatch {
  readonly checks: number;
  readonly most: number;
}

/** Lists an endpoint's schedules repeatedly. @returns stops it */
export function watchSchedules(client: SchedulerClient, endpoint: string): () => Promise<ScheduleWatch> {
  let isOver = false;
  let checks = 0;
  let most = 0;
  const watching = (async () => {
    while (!isOver) {
      const { Schedules = [] } = await client.send(new ListSchedulesCommand({ NamePrefix: endpoint }));
      most = Math.max(most, Schedules.length);
      checks++;
      await sleep(CHECK_MS);
    }
  })();
  return async () => {
    isOver = true;
    await watching;
    return { checks, most };
  };
}

/** CPU seconds so far. */
export interface CpuSeconds {
  /** The gateway, and the benchmark itself with its receivers. */
  readonly main: number;
  /** The functions and the queue engine, each a thread. */
  readonly threads: number;
  /** The DynamoDB engine, which is a separate process. */
  readonly engine: number;
}

/** Without /proc, all CPU time counts as threads, and none as the engine. */
export function cpuSeconds(): CpuSeconds {
  const { user, system } = process.cpuUsage();
  const main = (statOf(`/proc/self/task/${process.pid}/stat`)?.ticks ?? 0) / TICKS_PER_SECOND;
  return { main, threads: (user + system) / 1e6 - main, engine: engineTicks() / TICKS_PER_SECOND };
}

/** The engine is the child of a shell, which is the child of this process. */
function engineTicks(): number {
  const stats = pids().flatMap((pid) => {
    const stat = statOf(`/proc/${pid}/stat`);
    return stat === undefined ? [] : [{ pid, ...stat }];
  });
  const shells = stats.filter(({ parent }) => parent === process.pid).map(({ pid }) => pid);
  return stats.filter(({ parent }) => shells.includes(parent)).reduce((sum, { ticks }) => sum + ticks, 0);
}

function pids(): number[] {
  return existsSync("/proc")
    ? readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
    : [];
}

function statOf(path: string): { parent: number; ticks: number } | undefined {
  try {
    // Fields after the name, which may contain spaces: state, parent, …, and as 12th and 13th user and system time.
    const fields = readFileSync(path, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")
      .map(Number);
    return { parent: fields[1] ?? 0, ticks: (fields[11] ?? 0) + (fields[12] ?? 0) };
  } catch {
    return undefined; // the process has ended, or there is no /proc
  }
}
