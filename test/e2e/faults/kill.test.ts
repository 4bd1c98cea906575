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
 * One event for a receiver that kills the service, as `kill -9` does, when it gets its POST of that number and before it
 * has answered. Then the service is started again.
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

describe.concurrent("a service that is killed between a POST and writing down how it went", {
  timeout: 900_000,
}, () => {
  it("makes the first attempt again, with the same id and bytes, and nothing is lost", async () => {
    await using it = await killedAt(1);
    await it.receiver.waitFor(2);
    await eventually(async () => expect((await deliveryOf(it.caller, it.eventId)).status).toBe("delivered"));
    expect(it.receiver.received.map(({ headers, body }) => [headers["webhook-id"], body.toString()])).toEqual([
      [it.eventId, "7"],
      [it.eventId, "7"],
    ]);
  });

  it("makes a round's attempt again once that round's lease has ended", async () => {
    await using it = await killedAt(2);
    await it.receiver.waitFor(3);
    await eventually(async () => expect((await deliveryOf(it.caller, it.eventId)).status).toBe("delivered"));
    expect(new Set(it.receiver.received.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([it.eventId]));
    expect(it.receiver.received).toHaveLength(3);
  });
});
