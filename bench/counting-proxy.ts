import { Agent, request as ask, createServer } from "node:http";

/** Stands before a DynamoDB and counts what is asked of it. */
export interface CountingProxy {
  readonly url: string;
  /** Requests so far, by operation. */
  counts(): ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const counts = new Map<string, number>();
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(target);
  // Longer than any client keeps one: a connection that closes while it is written to would look like the engine's fault.
  const server = createServer({ keepAliveTimeout: 600_000 }, (incoming, outgoing) => {
    const operation = String(incoming.headers["x-amz-target"] ?? "none").replace(/^.*\./, "");
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
    const { method, url: path, headers } = incoming;
    const passed = ask({ agent, hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("The proxy has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    counts: () => new Map(counts),
    stop: async () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}
