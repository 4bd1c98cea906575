import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { listen } from "../local/listen.ts";

export type Behaviour = "accepts" | "responds 503" | "hangs up";

/** A receiver that records when each event arrived. */
export interface LedgerReceiver {
  readonly url: string;
  /** What it does with POSTs. */
  behaviour: Behaviour;
  /** When each event was accepted, epoch ms, by its webhook-id. More than one time is a duplicate. */
  readonly received: ReadonlyMap<string, readonly number[]>;
  /** When POSTs were refused, epoch ms. */
  readonly refusedAt: readonly number[];
  stop(): Promise<void>;
}

/**
 * @param responseMs returns the time until it responds to an event it accepts
 * @param received a ledger that several receivers can share
 */
export async function startLedger(
  responseMs: () => number = () => 0,
  received = new Map<string, number[]>(),
): Promise<LedgerReceiver> {
  const refusedAt: number[] = [];
  const server = createServer(async (request, response) => {
    try {
      for await (const _ of request);
    } catch {
      return; // the sender was killed during the request
    }
    if (receiver.behaviour !== "accepts") {
      refusedAt.push(Date.now());
      if (receiver.behaviour === "hangs up") request.socket.destroy();
      else response.writeHead(503).end();
      return;
    }
    const id = String(request.headers["webhook-id"]);
    received.set(id, [...(received.get(id) ?? []), Date.now()]);
    const ms = responseMs();
    if (ms > 0) await sleep(ms);
    response.writeHead(200).end();
  });
  const { url, stop } = await listen(server);
  const receiver: LedgerReceiver = {
    url,
    behaviour: "accepts",
    received,
    refusedAt,
    stop,
  };
  return receiver;
}

/** How long a flapping receiver is up and down, in ms. Ours. */
const UP_MS = [4_000, 9_000] as const;
const DOWN_MS = [1_000, 5_000] as const;

/**
 * Makes a receiver go down and recover repeatedly.
 * @param random decides when it is down, and whether it then responds with 503 or hangs up
 * @returns stops it: the receiver accepts all events from then on
 */
export function flap(receiver: LedgerReceiver, random: () => number): () => void {
  let isOver = false;
  const behave = (behaviour: Behaviour, [least, most]: readonly [number, number]) => {
    if (!isOver) receiver.behaviour = behaviour;
    return sleep(least + random() * (most - least), undefined, { ref: false });
  };
  void (async () => {
    while (!isOver) {
      await behave("accepts", UP_MS);
      await behave(random() < 0.5 ? "responds 503" : "hangs up", DOWN_MS);
    }
  })();
  return () => {
    isOver = true;
    receiver.behaviour = "accepts";
  };
}
