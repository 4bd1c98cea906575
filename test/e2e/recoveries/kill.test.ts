import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findFreePort } from "../../../local/emulator/engines/free-port.ts";
import { eventually } from "../support/fixture.ts";
import { callerWith } from "../support/harness.ts";
import { startReceiver } from "../support/receiver.ts";
import { authorizationIn, startProcess } from "../support/service-process.ts";
import { missEvents, receivedNumbers, recover, recoveryOf } from "./outage-story.ts";

const MISSED = 2_000;

it("a recovery continues after the service was killed: all events are sent, and the counts are exact", {
  timeout: 900_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "rappel-recovery-"));
  const port = await findFreePort();
  const start = () => startProcess(folder, port, () => {});
  let service = start();
  await service.ready();
  let status = 503;
  const receiver = await startReceiver(() => ({ status }));
  const caller = callerWith(`http://127.0.0.1:${port}`, "demo", await authorizationIn(folder));
  const endpoint = await missEvents(caller, receiver, MISSED, { releaseRate: 500 });
  status = 200;
  const before = receiver.received.length;
  const { id } = await recover(caller, { endpoint });
  await eventually(async () => expect((await recoveryOf(caller, id)).progress.resent).toBeGreaterThan(0));
  await service.kill();
  service = start();
  await service.ready();
  await eventually(async () => expect((await recoveryOf(caller, id)).status).toBe("waiting"));
  expect((await recoveryOf(caller, id)).progress).toMatchObject({ matched: MISSED, resent: MISSED, skipped: 0 });
  const isReceived = () => new Set(receivedNumbers(receiver, before)).size;
  await eventually(async () => expect(isReceived()).toBe(MISSED));
  // Only what was being sent at that moment can arrive twice, under the same id.
  expect(receiver.received.length - before).toBeLessThan(MISSED + 100);
  await service.kill();
  await receiver.stop();
  rmSync(folder, { recursive: true, force: true });
});
