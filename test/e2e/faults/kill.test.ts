import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findFreePort } from "../../../local/emulator/engines/free-port.ts";
import { deliveryOf, eventually, register, send } from "../support/fixture.ts";
import { callerWith } from "../support/harness.ts";
import { startReceiver } from "../support/receiver.ts";
import { authorizationIn, type ServiceProcess, startProcess } from "../support/service-process.ts";

/**
 * Sends one event to a receiver that kills the service with SIGKILL at the POST of that number, before it answers. Then
 * starts the service again.
 */
async function killedAt(post: number) {
  const folder = mkdtempSync(join(tmpdir(), "rappel-kill-"));
  const port = await findFreePort();
  const start = () => startProcess(folder, port, () => {});
  let service: ServiceProcess = start();
  const killed = Promise.withResolvers<void>();
  const receiver = await startReceiver(() => {
    if (receiver.received.length === post) service.kill().then(killed.resolve, killed.reject);
    return receiver.received.length < post ? { status: 500 } : { delayMs: receiver.received.length === post ? 500 : 0 };
  });
  await service.ready();
  const caller = callerWith(`http://127.0.0.1:${port}`, "demo", await authorizationIn(folder));
  await register(caller, receiver.url);
  const eventId = await send(caller, 7);
  await killed.promise;
  service = start();
  await service.ready();
  return {
    caller,
    receiver,
    eventId,
    async [Symbol.asyncDispose]() {
      await service.kill();
      await receiver.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describe.concurrent("a service that is killed after a POST and before it records the result", {
  timeout: 900_000,
}, () => {
  it("repeats the first attempt with the same id and bytes after it was killed during that attempt", async () => {
    await using run = await killedAt(1);
    await run.receiver.waitFor(2);
    await eventually(async () => expect((await deliveryOf(run.caller, run.eventId)).status).toBe("delivered"));
    expect(run.receiver.received.map(({ headers, body }) => [headers["webhook-id"], body.toString()])).toEqual([
      [run.eventId, "7"],
      [run.eventId, "7"],
    ]);
  });

  it("repeats a retry after it was killed, once the round's lease has ended", async () => {
    await using run = await killedAt(2);
    await run.receiver.waitFor(3);
    await eventually(async () => expect((await deliveryOf(run.caller, run.eventId)).status).toBe("delivered"));
    expect(new Set(run.receiver.received.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([run.eventId]));
    expect(run.receiver.received).toHaveLength(3);
  });
});
