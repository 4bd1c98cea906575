import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";

const Accepted = z.object({ id: z.string() });
// All ours.
const CONCURRENT_REQUESTS = 32;
const PACE_MS = 5;
const IDLE_MS = 5;
const RETRY_MS = 250; // between two requests for one event
const RESPONSE_TIMEOUT_MS = 10_000;

interface DueEvent {
  readonly n: number;
  readonly sentAt: number;
}

/** A producer that sends at an even pace, and repeats only requests without a 202. */
export interface SteadySender {
  /** When each accepted event was first sent, epoch ms, by its id. */
  readonly accepted: ReadonlyMap<string, number>;
  /** Milliseconds until the 202, by the event's id. */
  readonly answerMs: ReadonlyMap<string, number>;
  /** Responses other than 202, counted: by status, or `no response`. */
  readonly refused: ReadonlyMap<string, number>;
  /** Starts no more events, and waits until all started events are accepted. */
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
  const due: DueEvent[] = [];
  let isStopping = false;

  async function sendOnce(n: number): Promise<string | undefined> {
    const sentAt = Date.now();
    try {
      const answer = await fetch(`${url}/v1/events`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify({ type: typeOf(n), data: n }),
        signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
      });
      const body: unknown = await answer.json();
      if (answer.status === 202) {
        const { id } = Accepted.parse(body);
        answerMs.set(id, Date.now() - sentAt);
        return id;
      }
      count(String(answer.status));
    } catch {
      count("no response");
    }
    return undefined;
  }

  function count(result: string): void {
    refused.set(result, (refused.get(result) ?? 0) + 1);
  }

  /** Sends one event after the other until each is accepted: a service that starts must not get all due events at once. */
  async function sendDueEvents(): Promise<void> {
    for (let next = due.shift(); next !== undefined || !isStopping; next = due.shift()) {
      if (next === undefined) await sleep(IDLE_MS);
      else await send(next);
    }
  }

  async function send({ n, sentAt }: DueEvent): Promise<void> {
    for (;;) {
      const id = await sendOnce(n);
      if (id !== undefined) return void accepted.set(id, sentAt);
      await sleep(RETRY_MS);
    }
  }

  const begunAt = performance.now();
  let n = 0;
  const pace = setInterval(() => {
    const dueCount = Math.floor(((performance.now() - begunAt) * perSecond) / 1_000);
    for (; n < dueCount; n++) due.push({ n, sentAt: Date.now() });
  }, PACE_MS);
  const sending = Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, sendDueEvents));

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
