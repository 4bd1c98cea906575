import { readdirSync, readFileSync } from "node:fs";
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

/** Seconds of processor that this process has used, and those that the DynamoDB engine has: it is a process of its own. */
export function cpuSeconds(): { here: number; engine: number } {
  const { user, system } = process.cpuUsage();
  return { here: (user + system) / 1e6, engine: engineTicks() / TICKS_PER_SECOND };
}

/** The engine's shell is our child, the engine its own. Where there is no /proc it is not counted. */
function engineTicks(): number {
  const stats = statsOfAll();
  const shells = stats.filter(({ parent }) => parent === process.pid).map(({ pid }) => pid);
  return stats.filter(({ parent }) => shells.includes(parent)).reduce((sum, { ticks }) => sum + ticks, 0);
}

function statsOfAll(): { pid: number; parent: number; ticks: number }[] {
  try {
    return readdirSync("/proc").flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      try {
        // Behind the name, which may hold spaces: state, parent, … and as 12th and 13th user and system time.
        const fields = readFileSync(`/proc/${name}/stat`, "utf8")
          .replace(/^.*\) /s, "")
          .split(" ")
          .map(Number);
        return [{ pid: Number(name), parent: fields[1] ?? 0, ticks: (fields[11] ?? 0) + (fields[12] ?? 0) }];
      } catch {
        return []; // ended meanwhile
      }
    });
  } catch {
    return [];
  }
}
