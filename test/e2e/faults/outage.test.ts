import { afterAll, beforeAll, expect, it } from "vitest";
import type { Faults } from "../../../local/emulator/usage-meter/fault.ts";
import { deliveryOf, eventually, register, send } from "../support/fixture.ts";
import { type Rappel, startRappel } from "../support/harness.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { showWarnings } from "../support/warnings.ts";

const TYPES = {
  dynamodb: "com.amazonaws.dynamodb.v20120810#InternalServerError",
  kms: "KMSInternalException",
};
const FAILURES = 7; // of each kind of call: more than two rounds of the SDK's tries
const failures = new Map<string, number>();
const faults: Faults = ({ by, service, action }) => {
  const times = failures.get(action) ?? 0;
  if (by !== "dispatch" || (service !== "dynamodb" && service !== "kms") || times >= FAILURES) return undefined;
  failures.set(action, times + 1);
  return { kind: "error", status: 500, type: TYPES[service] };
};

let rappel: Rappel;
let receiver: Receiver;
beforeAll(async () => {
  [rappel, receiver] = await Promise.all([startRappel({ faults }), startReceiver()]);
}, 300_000);
afterAll(async () => {
  await receiver?.stop();
  await rappel?.stop();
});
showWarnings(() => rappel?.logs);

it("a table or KMS outage of some seconds does not return an event to the queue", {
  timeout: 900_000,
}, async () => {
  const caller = await rappel.callerOf("patient");
  await register(caller, receiver.url);
  const eventId = await send(caller, 1);
  await eventually(async () =>
    expect(await deliveryOf(caller, eventId)).toMatchObject({ status: "delivered", attempts: [{}] }),
  );
  for (const action of ["GetItem", "Query", "Decrypt", "PutItem"]) expect(failures.get(action), action).toBe(FAILURES);
  expect(receiver.received).toHaveLength(1);
  expect(rappel.logs.filter((line) => line.includes("message failed"))).toEqual([]);
});
