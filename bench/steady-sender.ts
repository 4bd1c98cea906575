import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";

const Accepted = z.object({ id: z.string() });
// Ours, all of them.
const SIDE_BY_SIDE = 32;
const PACE_MS = 5;
const IDLE_MS = 5;
const AGAIN_MS = 250; // between two tries of one event
const ANSWER_MS = 10_000;

interface Waiting {
  readonly n: number;
  readonly sentAt: number;
}

/** A producer that sends at an even pace, and sends again only what was not answered 202. */
export interface SteadySender {
  /** When each accepted event was first sent, epoch ms, by its id. */
  readonly accepted: ReadonlyMap<string, number>;
  /** How long the 202 took, in ms, by the event's id. */
  readonly answerMs: ReadonlyMap<string, number>;
  /** What came instead of a 202, counted: a status, or `no answer`. */
  readonly refused: ReadonlyMap<string, number>;
  /** Begins no more events, and waits until all that were begun are accepted. */
  stop(): Promise<void>;
}

/** @param typeOf the event type of the nth event */
export function startSending(
  url: string,
  authorization: string,
  perSecond: number,
  typeOf: (n: number) => string,
): SteadySender {
  const accepted = new Map<string, number>();
  const answerMs = new Map<string, number>();
  const refused = new Map<string, number>();
  const waiting: Waiting[] = [];
  let isStopping = false;

  async function sendOnce(n: number): Promise<string | undefined> {
    const askedAt = Date.now();
    try {
      const answer = await fetch(`${url}/v1/events`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify({ type: typeOf(n), data: n }),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const body: unknown = await answer.json();
      if (answer.status === 202) {
        const { id } = Accepted.parse(body);
        answerMs.set(id, Date.now() - askedAt);
        return id;
      }
      count(String(answer.status));
    } catch {
      count("no answer");
    }
    return undefined;
  }

  function count(why: string): void {
    refused.set(why, (refused.get(why) ?? 0) + 1);
  }

  /** One after the other, each until it is accepted: a service that starts must not meet all at once what waited for it. */
  async function sendInTurn(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined || !isStopping; next = waiting.shift()) {
      if (next === undefined) await sleep(IDLE_MS);
      else await send(next);
    }
  }

  async function send({ n, sentAt }: Waiting): Promise<void> {
    for (;;) {
      const id = await sendOnce(n);
      if (id !== undefined) return void accepted.set(id, sentAt);
      await sleep(AGAIN_MS);
    }
  }

  const begunAt = performance.now();
  let n = 0;
  const pace = setInterval(() => {
    const due = Math.floor(((performance.now() - begunAt) * perSecond) / 1_000);
    for (; n < due; n++) waiting.push({ n, sentAt: Date.now() });
  }, PACE_MS);
  const sending = Promise.all(Array.from({ length: SIDE_BY_SIDE }, sendInTurn));

  return {
    accepted,
    answerMs,
    refused,
    stop: async () => {
      clearInterval(pace);
      isStopping = true;
      await sending;
    },
  };
}
