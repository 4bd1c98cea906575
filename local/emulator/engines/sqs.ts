import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { makePrivateFile, makePrivateFolder } from "../../private-files.ts";
import type { Engine } from "./dynamodb.ts";
import { SQS_DATABASE } from "./sqs-in-flight.ts";

/**
 * Starts fauxqs, an SQS emulator backed by SQLite, on a free port of 127.0.0.1. It has its own thread, because its
 * writes are synchronous and would delay the gateway's responses.
 * @param folder where its database is stored; without it, data is in memory
 */
export async function startSqs(folder?: string): Promise<Engine> {
  if (folder !== undefined) {
    makePrivateFolder(folder);
    makePrivateFile(join(folder, SQS_DATABASE));
  }
  const worker = new Worker(new URL("./sqs-thread.ts", import.meta.url), {
    workerData: { folder },
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  let isStopping = false;
  const failed = new Promise<Error>((resolve) => {
    worker.on("error", (error) => resolve(new Error(`The SQS engine ended (${error.message.split("\n")[0]}).`)));
    worker.once("exit", (code) => isStopping || resolve(new Error(`The SQS engine ended (exit code ${code}).`)));
  });
  const started = once(worker, "message");
  const first = await Promise.race([started, failed]);
  if (first instanceof Error) throw new Error(`Cannot start: ${first.message}`);
  return {
    url: `http://127.0.0.1:${first[0]}`,
    failed,
    stop: async () => {
      isStopping = true;
      if (worker.threadId === -1) return; // it has ended
      const exited = once(worker, "exit");
      worker.postMessage("stop");
      await exited;
    },
  };
}
