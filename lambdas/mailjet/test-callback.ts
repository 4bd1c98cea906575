import type { Attempt } from "../delivery/model/attempt.ts";
import { type TestingWorld, testEndpoint } from "../endpoints/send-test-event.ts";
import { type CallbackName, findCallback } from "./find-callbacks.ts";
import type { CallbackWithTarget } from "./model/callback.ts";
import type { CallbackPorts } from "./sync-endpoints.ts";

/** POSTs a sample of its type to a callback's URL. It is logged and counted nowhere. @throws {RappelError} `CALLBACK_NOT_FOUND` */
export async function testCallback(
  world: CallbackPorts & TestingWorld,
  account: string,
  name: CallbackName,
): Promise<{ callback: CallbackWithTarget; attempt: Attempt }> {
  const { callback, endpoint } = await findCallback(world, account, name);
  const wish = { eventType: callback.eventType, source: "mailjet" } as const;
  return { callback, attempt: await testEndpoint(world, account, endpoint, wish) };
}
