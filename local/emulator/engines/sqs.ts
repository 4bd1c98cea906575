import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Engine } from "./dynamodb.ts";

/**
 * Starts fauxqs, an SQS over SQLite, on a free port of 127.0.0.1. In a thread of its own: its writes are synchronous,
 * and a gateway that waits for a disk would answer late.
 * @param folder where its database lies; without one everything is in memory
 */
export async function startSqs(folder?: string): Promise<Engine> {
  const worker = new Worker(new URL("./sqs-thread.ts", import.meta.url), {
    workerData: { folder },
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const [port] = await once(worker, "message");
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      const exited = once(worker, "exit");
      worker.postMessage("stop");
      await exited;
    },
  };
}
