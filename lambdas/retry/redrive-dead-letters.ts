import type { Clock } from "../ports/clock.ts";
import type { DeadLetter, DeadLetters } from "../ports/dead-letters.ts";
import type { Log } from "../ports/operations.ts";
import { LIMITS } from "../shared/limits.ts";
import { waitForAll } from "../shared/wait-for-all.ts";

interface Ports {
  readonly clock: Pick<Clock, "now">;
  readonly report: Pick<Log, "redriven">;
  readonly events: DeadLetters;
  readonly wakeUps: DeadLetters;
}

/**
 * Empties the dead-letter queues. Events are sent to their queue again while it holds few messages: if dispatch still fails,
 * no more than those follow. Wake-ups are deleted, because the table has them and the sweeper sends what is overdue. What
 * cannot be decoded stays, until a deployment that can decode it.
 */
export async function redriveDeadLetters(ports: Ports): Promise<void> {
  const { report, events, wakeUps } = ports;
  const until = ports.clock.now() + LIMITS.redriveMs;
  let before: number | undefined;
  let sentSoFar = 0;
  const sent = empty(ports, events, until, async (letters) => {
    // SQS's count can be a minute old.
    const queued = await events.queued();
    before ??= queued;
    const room = LIMITS.redriveQueued - Math.max(queued, before + sentSoFar);
    const fitting = letters.slice(0, Math.max(0, room));
    const count = fitting.length === 0 ? 0 : await events.sendAgain(fitting);
    sentSoFar += count;
    return count;
  });
  const deleted = empty(ports, wakeUps, until, async (letters) => {
    await wakeUps.delete(letters);
    return letters.length;
  });
  const [eventMessages = 0, wakeUpMessages = 0] = await waitForAll([sent, deleted]);
  if (eventMessages + wakeUpMessages > 0) report.redriven({ eventMessages, wakeUpMessages });
}

/** @param handle returns how many it has handled @returns how many were handled */
async function empty(
  { clock }: Ports,
  queue: DeadLetters,
  until: number,
  handle: (letters: readonly DeadLetter[]) => Promise<number>,
): Promise<number> {
  let handled = 0;
  while (clock.now() < until) {
    const letters = await queue.receive();
    if (letters.length === 0) break;
    const decodable = letters.filter(({ isDecodable }) => isDecodable);
    if (decodable.length === 0) continue;
    const count = await handle(decodable);
    handled += count;
    if (count < decodable.length) break;
  }
  return handled;
}
