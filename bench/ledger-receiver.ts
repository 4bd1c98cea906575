import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { listen } from "../local/listen.ts";

export type Mood = "takes" | "answers 503" | "hangs up";

/** A receiver that remembers when it took what. */
export interface LedgerReceiver {
  readonly url: string;
  /** What it does with a POST. */
  mood: Mood;
  /** When each event was taken, epoch ms, by its webhook-id: more than once is a duplicate. */
  readonly taken: ReadonlyMap<string, readonly number[]>;
  /** When POSTs were not taken, epoch ms. */
  readonly refusedAt: readonly number[];
  stop(): Promise<void>;
}

/**
 * @param thinkMs how long it takes to answer that it took an event
 * @param taken a ledger that several receivers share
 */
export async function startLedger(
  thinkMs: () => number = () => 0,
  taken = new Map<string, number[]>(),
): Promise<LedgerReceiver> {
  const refusedAt: number[] = [];
  const server = createServer(async (request, response) => {
    try {
      for await (const _ of request);
    } catch {
      return; // the sender was killed halfway: it cannot have been told anything
    }
    if (receiver.mood !== "takes") {
      refusedAt.push(Date.now());
      if (receiver.mood === "hangs up") request.socket.destroy();
      else response.writeHead(503).end();
      return;
    }
    const id = String(request.headers["webhook-id"]);
    taken.set(id, [...(taken.get(id) ?? []), Date.now()]);
    const ms = thinkMs();
    if (ms > 0) await sleep(ms);
    response.writeHead(200).end();
  });
  const { url, stop } = await listen(server);
  const receiver: LedgerReceiver = {
    url,
    mood: "takes",
    taken,
    refusedAt,
    stop,
  };
  return receiver;
}

/** For how long a flapping receiver is up, and down, in ms. Ours. */
const UP_MS = [4_000, 9_000] as const;
const DOWN_MS = [1_000, 5_000] as const;

/**
 * Lets a receiver come and go.
 * @param random decides when it is down, and whether it then answers 503 or hangs up
 * @returns ends that: the receiver takes all from then on
 */
export function flap(receiver: LedgerReceiver, random: () => number): () => void {
  let isOver = false;
  const turn = (mood: Mood, [least, most]: readonly [number, number]) => {
    if (!isOver) receiver.mood = mood;
    return sleep(least + random() * (most - least), undefined, { ref: false });
  };
  void (async () => {
    while (!isOver) {
      await turn("takes", UP_MS);
      await turn(random() < 0.5 ? "answers 503" : "hangs up", DOWN_MS);
    }
  })();
  return () => {
    isOver = true;
    receiver.mood = "takes";
  };
}
