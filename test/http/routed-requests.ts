import type { HttpRequest } from "../../lambdas/http/http.ts";
import { router } from "../../lambdas/http/router.ts";
import { eventTypesAnswer } from "../../lambdas/http/schemas/sample-fields.ts";
import { RappelError } from "../../lambdas/shared/errors.ts";

export const crashes: unknown[] = [];
const never = async (): Promise<never> => {
  throw new Error("unexpected call");
};
const answer = router<"api">(
  {
    createEndpoint: async ({ account, body }) => ({ account, url: body.config.url }),
    listEndpoints: async ({ query }) => query,
    checkUrl: never,
    testUrl: never,
    getEndpoint: async ({ params }) => params,
    changeEndpoint: async ({ body }) => body,
    deleteEndpoint: async () => undefined,
    acknowledgeDeliveries: never,
    pauseEndpoint: never,
    resumeEndpoint: never,
    getSecret: never,
    testEndpoint: async () => {
      throw new RappelError("TOO_MANY_TESTS", "later", { retryAfterSeconds: 7 });
    },
    listDeliveries: async ({ query }) => query,
    listEndpointDeliveries: never,
    listEvents: async ({ query }) => query,
    getEvent: never,
    resendEvent: never,
    rotateSecret: never,
    createRecovery: async ({ body }) => body,
    listRecoveries: async ({ query }) => query,
    getRecovery: async ({ params }) => params,
    cancelRecovery: never,
    listEventTypes: async ({ query }) => eventTypesAnswer(query.source),
    exportAccount: never,
    listAccounts: never,
    listQueues: never,
    getDeliveryRequest: never,
    getAccount: never,
    putAccount: never,
    deleteAccount: never,
    createKey: never,
    createPortalLink: async ({ body, origin }) => ({ ...body, origin: origin() }),
    revokePortalLink: never,
    createSession: async ({ body, key }) => ({ ...body, keyId: key.id }),
    deleteSession: async () => undefined,
    listKeys: never,
    deleteKey: never,
    whoami: never,
    listBounces: async ({ query }) => query,
    listActivity: async ({ query }) => query,
    getStats: async ({ query }) => query,
    createCallback: async ({ body }) => body,
    listCallbacks: async ({ query }) => query,
    getCallback: async ({ params }) => params,
    changeCallback: async ({ body }) => body,
    deleteCallback: async () => undefined,
    testCallback: never,
    getPayload: async () => Buffer.from([0x22, 0xc3, 0xa9, 0x22]),
    getOpenApi: never,
    getHealth: never,
    getRoot: async () => ({ name: "Rappel" }),
  },
  async (id, secret) =>
    secret === "right"
      ? { account: "acme", scopes: id === "reader" ? ["read"] : ["send", "manage", "read"] }
      : undefined,
  (error) => void crashes.push(error),
);
export const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
export const send = (method: string, path: string, more: Partial<HttpRequest> = {}) =>
  answer({
    method,
    path,
    query: {},
    headers: { authorization: basic("key", "right") },
    body: new Uint8Array(),
    ...more,
  });
export const sendJson = (method: string, path: string, text: string, contentType = "application/json") =>
  send(method, path, {
    body: Buffer.from(text),
    headers: { authorization: basic("key", "right"), "content-type": contentType },
  });
export const codeOf = async (sent: ReturnType<typeof send>) => {
  const { status, body } = await sent;
  return [status, JSON.parse(String(body)).code];
};
export const EP = "ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC";
