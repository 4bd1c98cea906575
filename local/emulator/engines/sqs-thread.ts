// The worker thread of the SQS engine: see sqs.ts.
import { Server } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { startFauxqs } from "fauxqs";
import * as z from "zod";
import { LOCAL } from "./aws-clients.ts";
import { returnInFlight } from "./sqs-in-flight.ts";

// fauxqs 2.4.1 listens on all interfaces and has no option for it. The queues must not be reachable from the network.
const listen = Server.prototype.listen;
Server.prototype.listen = function (this: Server, ...args: unknown[]) {
  const onLoopback = args.map((arg) => (typeof arg === "object" && arg !== null ? { ...arg, host: "127.0.0.1" } : arg));
  return Reflect.apply(listen, this, onLoopback);
};

const { folder } = z.object({ folder: z.string().optional() }).parse(workerData);
if (folder !== undefined) returnInFlight(folder);
const server = await startFauxqs({
  port: 0,
  logger: false,
  defaultRegion: LOCAL.region,
  ...(folder === undefined ? {} : { dataDir: folder }),
});
parentPort?.on("message", async () => {
  await server.stop();
  process.exit(0);
});
parentPort?.postMessage(server.port);
