import { retryRoundsRunner } from "../../../lambdas/retry/run-retry-round.ts";
import { memoryWorld } from "../../support/memory-world.ts";
import { addEndpoint } from "../add-endpoint.ts";

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const MAIN = "https://example.com/main";
export const BACKUP = "https://example.com/backup";
const shortSchedule = { retrySchedule: [{ times: 5, everyMs: 10_000 }] };

/** Registers a main endpoint and its backup. `fails` and `recovers` set how their receivers answer. */
export async function pair({ backupTypes = ["*"] }: { backupTypes?: string[] } = {}) {
  const down = new Map<string, number>();
  const got = new Map<string, string[]>([
    [MAIN, []],
    [BACKUP, []],
  ]);
  const world = memoryWorld(({ url, headers }) => {
    const status = down.get(url);
    if (status !== undefined) return { status, tookMs: 0 };
    got.get(url)?.push(headers["webhook-id"] ?? "");
    return { status: 200, tookMs: 0 };
  });
  const main = await addEndpoint(world, { url: MAIN, ...shortSchedule });
  const backup = await addEndpoint(world, {
    url: BACKUP,
    eventTypes: backupTypes,
    backupOf: [main.endpoint.id],
    ...shortSchedule,
  });
  const runRound = retryRoundsRunner(world);
  return {
    world,
    main,
    backup,
    got: (url: string) => (got.get(url) ?? []).toSorted(),
    fails: (url: string, status = 500) => void down.set(url, status),
    recovers: (url: string) => void down.delete(url),
    /** Moves the clock on and runs every round that is due meanwhile. */
    async pass(ms: number) {
      for (const until = world.clock.now() + ms; world.clock.now() < until; world.clock.move(SECOND_MS)) {
        const states = await world.states.read([main.endpoint.id, backup.endpoint.id]);
        for (const { endpoint, wakeAt } of states.values())
          if (wakeAt !== undefined && wakeAt <= world.clock.now())
            await runRound([{ content: { endpoint, wakeAt } }], world.clock.now() + MINUTE_MS);
      }
    },
    send: async (count: number) => (await main.send(count)).map(({ id }) => id),
  };
}
