/** A process with one server for each mode, so that a bad receiver's CPU is not the service's. It sends their ports. */
import { createServer } from "node:net";
import { GOOD, MODES } from "./modes.ts";

const ports: Record<string, number> = {};
for (const [name, mode] of Object.entries({ ...MODES, good: GOOD })) {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    mode(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address === "object" && address !== null) ports[name] = address.port;
}
process.send?.(ports);
process.on("disconnect", () => process.exit());
