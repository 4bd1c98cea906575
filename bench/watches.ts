import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ListSchedulesCommand, type SchedulerClient } from "@aws-sdk/client-scheduler";

const LOOK_MS = 200; // ours
/** USER_HZ: what /proc counts in. Source: proc_pid_stat(5); 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** How many schedules one endpoint had, whenever that was looked at. */
export interface ScheduleWatch {
  readonly looks: number;
  readonly most: number;
}

/** Asks the Scheduler again and again which schedules an endpoint has. @returns ends it */
export function watchSchedules(client: SchedulerClient, endpoint: string): () => Promise<ScheduleWatch> {
  let isOver = false;
  let looks = 0;
  let most = 0;
  const watching = (async () => {
    while (!isOver) {
      const { Schedules = [] } = await client.send(new ListSchedulesCommand({ NamePrefix: endpoint }));
      most = Math.max(most, Schedules.length);
      looks++;
      await sleep(LOOK_MS);
    }
  })();
  return async () => {
    isOver = true;
    await watching;
    return { looks, most };
  };
}

/** Seconds of processor used so far, by whom. */
export interface CpuSeconds {
  /** The gateway, and the bench itself with its receivers. */
  readonly main: number;
  /** The functions and the queue engine, each a thread. */
  readonly threads: number;
  /** The DynamoDB engine, a process of its own. */
  readonly engine: number;
}

/** Where there is no /proc, all counts as threads and the engine as nothing. */
export function cpuSeconds(): CpuSeconds {
  const { user, system } = process.cpuUsage();
  const main = (statOf(`/proc/self/task/${process.pid}/stat`)?.ticks ?? 0) / TICKS_PER_SECOND;
  return { main, threads: (user + system) / 1e6 - main, engine: engineTicks() / TICKS_PER_SECOND };
}

/** The engine's shell is our child, the engine its own. */
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
    // Behind the name, which may hold spaces: state, parent, … and as 12th and 13th user and system time.
    const fields = readFileSync(path, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")
      .map(Number);
    return { parent: fields[1] ?? 0, ticks: (fields[11] ?? 0) + (fields[12] ?? 0) };
  } catch {
    return undefined; // ended meanwhile, or no such system
  }
}
