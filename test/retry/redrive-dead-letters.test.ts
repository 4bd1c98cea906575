import { describe, expect, it } from "vitest";
import type { DeadLetter, DeadLetters } from "../../lambdas/ports/dead-letters.ts";
import { redriveDeadLetters } from "../../lambdas/retry/redrive-dead-letters.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { silentLog } from "../../local/simulator/ports/silent-log.ts";

const RECEIVED = 10;

/** A dead-letter queue with many letters, and what was sent again. */
function queueOf({ letters = 5_000, queued = 0, refused = 0 } = {}) {
  const sent: string[] = [];
  const deleted: string[] = [];
  let next = 0;
  const queue: DeadLetters = {
    queued: async () => queued,
    receive: async () =>
      Array.from({ length: Math.min(RECEIVED, letters - next) }, (): DeadLetter => {
        const receipt = String(next++);
        return { body: receipt, receipt, isDecodable: true };
      }),
    sendAgain: async (some) => {
      const taken = some.slice(0, some.length - refused);
      sent.push(...taken.map(({ receipt }) => receipt));
      return taken.length;
    },
    delete: async (some) => void deleted.push(...some.map(({ receipt }) => receipt)),
  };
  return { queue, sent, deleted };
}
const none = () => queueOf({ letters: 0 });

async function redrive(events: DeadLetters, wakeUps: DeadLetters, now = () => 0) {
  const reported: unknown[] = [];
  const report = { ...silentLog, redriven: (counts: unknown) => void reported.push(counts) };
  await redriveDeadLetters({ clock: { now }, report, events, wakeUps });
  return reported;
}

describe("one run of the sweeper", () => {
  it("sends no more than fit into the queue, although SQS still counts the queue as it was a minute ago", async () => {
    const { queue, sent } = queueOf({ queued: 250 });
    await redrive(queue, none().queue);
    expect(sent).toHaveLength(LIMITS.redriveQueued - 250);
  });

  it("sends nothing while the queue is full", async () => {
    const { queue, sent } = queueOf({ queued: LIMITS.redriveQueued });
    expect(await redrive(queue, none().queue)).toEqual([]);
    expect(sent).toEqual([]);
  });

  it("reports only what the queue has taken, and ends when it refuses some", async () => {
    const { queue, sent } = queueOf({ refused: 3 });
    expect(await redrive(queue, none().queue)).toEqual([{ eventMessages: 7, wakeUpMessages: 0 }]);
    expect(sent).toHaveLength(7);
  });

  it("deletes all wake-ups that it has time for", async () => {
    const { queue, deleted } = queueOf({ letters: 500 });
    expect(await redrive(none().queue, queue)).toEqual([{ eventMessages: 0, wakeUpMessages: 500 }]);
    expect(deleted).toHaveLength(500);
    let now = 0;
    const slow = queueOf({ letters: 500 });
    await redrive(none().queue, slow.queue, () => (now += LIMITS.redriveMs / 4));
    expect(slow.deleted.length).toBeGreaterThan(0);
    expect(slow.deleted.length).toBeLessThan(100);
  });
});
