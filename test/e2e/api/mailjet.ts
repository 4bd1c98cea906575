import { createRequire } from "node:module";
import { afterAll, beforeAll } from "vitest";
import * as z from "zod";
import { CallbackRows } from "../../../lambdas/http/views/callback-views.ts";
import { type Caller, joinRappel, type Rappel } from "../support/harness.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { showWarnings } from "../support/warnings.ts";

/** The parts of npm's `node-mailjet` 6 that the tests use. Its own type declarations do not resolve with current TypeScript. */
interface Client {
  get(resource: string): Resource;
  post(resource: string): Resource;
  put(resource: string): Resource;
  delete(resource: string): Resource;
}
interface Resource {
  id(id: number | string): Resource;
  action(name: string): Resource;
  request(body?: object, query?: object): Promise<{ response: { status: number }; body: unknown }>;
}
interface NodeMailjet {
  new (options: { apiKey: string; apiSecret: string; config: { host: string } }): Client;
  Request: { protocol: string };
}

const Mailjet: NodeMailjet = createRequire(import.meta.url)("node-mailjet");
Mailjet.Request.protocol = "http://"; // the client defaults to https, and the test service has no certificate
export const RESOURCE = "eventcallbackurl";

export const rowsOf = ({ body }: { body: unknown }) => CallbackRows.parse(body);
/** Reads the error that the client throws. */
export async function refusal(request: Promise<unknown>) {
  const Refusal = z.object({
    statusCode: z.int(),
    originalMessage: z.string(),
    response: z.object({ data: z.unknown() }),
  });
  return request.then(
    () => Promise.reject(new Error("It was not refused")),
    (error: unknown) => {
      const { statusCode, originalMessage, response } = Refusal.parse(error);
      return { statusCode, message: originalMessage, data: response.data };
    },
  );
}

/** Opens Mailjet's client, a receiver and the shared service for one test file. */
export function openMailjet() {
  let rappel: Omit<Rappel, "service"> | undefined;
  let receiver: Receiver | undefined;
  beforeAll(async () => {
    [rappel, receiver] = await Promise.all([joinRappel(), startReceiver()]);
  }, 300_000);
  afterAll(async () => {
    await receiver?.stop();
    await rappel?.stop();
  });
  showWarnings(() => rappel?.logs);

  const service = () => {
    if (rappel === undefined) throw new Error("The service has not started");
    return rappel;
  };
  const clientWith = ({ authorization }: Pick<Caller, "authorization">): Client => {
    const [apiKey = "", apiSecret = ""] = Buffer.from(authorization.slice("Basic ".length), "base64")
      .toString()
      .split(":");
    return new Mailjet({ apiKey, apiSecret, config: { host: new URL(service().url).host } });
  };
  return {
    service,
    receiver: () => {
      if (receiver === undefined) throw new Error("The receiver has not started");
      return receiver;
    },
    clientWith,
    async open(account: string) {
      const caller = await service().callerOf(account);
      return { caller, mailjet: clientWith(caller) };
    },
  };
}
