import type { Attempt } from "../delivery/model/attempt.ts";
import { type TestPorts, testEndpoint } from "../endpoints/send-test-event.ts";
import { type CallbackName, findCallback } from "./find-callbacks.ts";
import type { CallbackWithTarget } from "./model/callback.ts";
import { testEventOf } from "./model/test-event.ts";
import type { CallbackPorts } from "./sync-endpoints.ts";

/** POSTs a test event to a callback's URL. It is neither logged nor counted. @throws {RappelError} `CALLBACK_NOT_FOUND` */
export async function testCallback(
  ports: CallbackPorts & TestPorts,
  account: string,
  name: CallbackName,
): Promise<{ callback: CallbackWithTarget; attempt: Attempt }> {
  const { callback, endpoint } = await findCallback(ports, account, name);
  const { eventType: type } = callback;
  const event = { type, source: "mailjet", payload: testEventOf(type, ports.clock.now()) } as const;
  return { callback, attempt: await testEndpoint(ports, account, endpoint, { event }) };
}
