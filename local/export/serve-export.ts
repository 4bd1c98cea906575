import type { IncomingMessage, ServerResponse } from "node:http";
import { findAccount } from "../../lambdas/accounts/find-account.ts";
import type { Scope } from "../../lambdas/accounts/model/key.ts";
import { clock } from "../../lambdas/adapters/aws/clock-and-random.ts";
import { fileServer, type StaticFiles } from "../../lambdas/console/serve-files.ts";
import { pageWithBacklogs, withBacklog } from "../../lambdas/delivery/summarise-backlog.ts";
import { findEndpoint, listEndpoints } from "../../lambdas/endpoints/find-endpoint.ts";
import { findRequest } from "../../lambdas/events/find-request.ts";
import { listDeliveries } from "../../lambdas/events/list-deliveries.ts";
import { listEvents } from "../../lambdas/events/list-events.ts";
import { findEvent, findEventWithDeliveries } from "../../lambdas/events/read-events.ts";
import type { HttpAnswer, HttpRequest } from "../../lambdas/http/http.ts";
import { openApi } from "../../lambdas/http/openapi/openapi.ts";
import { deliveryQuery, endpointQuery, eventQuery } from "../../lambdas/http/queries.ts";
import { router } from "../../lambdas/http/router.ts";
import { eventTypesAnswer } from "../../lambdas/http/schemas/sample-fields.ts";
import { accountView } from "../../lambdas/http/views/account-views.ts";
import { callbackRow, callbackRows } from "../../lambdas/http/views/callback-views.ts";
import { rootView, scannedListView } from "../../lambdas/http/views/common-views.ts";
import { deliveryView } from "../../lambdas/http/views/delivery-views.ts";
import { endpointListView, endpointView } from "../../lambdas/http/views/endpoint-views.ts";
import { eventListView, eventWithDeliveriesView } from "../../lambdas/http/views/event-views.ts";
import { requestView } from "../../lambdas/http/views/request-views.ts";
import { type CallbackName, callbackNotFound, isNamed } from "../../lambdas/mailjet/find-callbacks.ts";
import { RappelError } from "../../lambdas/shared/errors.ts";
import { type AcceptedHosts, LOOPBACK_ONLY, refusesForeign } from "../accepted-hosts.ts";
import { startGateway } from "../emulator/gateway/gateway.ts";
import { splitTarget } from "../emulator/gateway/http-event.ts";
import { readBody } from "../emulator/gateway/request-body.ts";
import type { ReadExport } from "./read-export.ts";

/** The operations that an export supports. */
type Readable =
  | "listEndpoints"
  | "getEndpoint"
  | "listDeliveries"
  | "listEndpointDeliveries"
  | "listEvents"
  | "getEvent"
  | "getPayload"
  | "getDeliveryRequest"
  | "listEventTypes"
  | "getAccount"
  | "listCallbacks"
  | "getCallback"
  | "whoami"
  | "getOpenApi"
  | "getHealth"
  | "getRoot";

const readOnly = () =>
  new RappelError(
    "READ_ONLY",
    "This is an export, read from a file: it cannot be changed, and has no keys, secrets or counters",
  );
// Any local user who can reach loopback can read the file too, so no key is needed. A key in a request is ignored.
const ALL: readonly Scope[] = ["read"];
const ANY_KEY = `Basic ${Buffer.from("any:key").toString("base64")}`;

/** The API of an export, with the router, flows and views of the deployed API. */
export function exportApi({
  account,
  callbacks,
  world: ports,
}: ReadExport): (request: HttpRequest) => Promise<HttpAnswer> {
  const world = { ...ports, clock, claims: { findEventId: async () => undefined } };
  const callbackNamed = (name: CallbackName) => {
    const found = callbacks.find(({ callback }) => isNamed(callback, name));
    if (found === undefined) throw callbackNotFound();
    return found;
  };
  const answer = router<"api", Readable>(
    {
      listEndpoints: async ({ account: of, query }) => {
        const page = await listEndpoints(world, of, endpointQuery(query, ALL));
        return endpointListView(await pageWithBacklogs(world, page, query.include), clock.now(), ALL);
      },
      getEndpoint: async ({ account: of, params }) =>
        endpointView(
          { ...(await withBacklog(world, await findEndpoint(world, of, params.id))), readAt: clock.now() },
          ALL,
        ),
      listEndpointDeliveries: async ({ account: of, params: { id: endpoint }, query }) =>
        scannedListView(await listDeliveries(world, of, { ...deliveryQuery(query), endpoint }), (delivery) =>
          deliveryView(delivery, ALL),
        ),
      listDeliveries: async ({ account: of, query }) =>
        scannedListView(await listDeliveries(world, of, deliveryQuery(query)), (delivery) =>
          deliveryView(delivery, ALL),
        ),
      listEvents: async ({ account: of, query }) =>
        eventListView(await listEvents(world, of, eventQuery(query, ALL)), Date.now(), query.include),
      getEvent: async ({ account: of, params }) =>
        eventWithDeliveriesView(await findEventWithDeliveries(world, of, params.id), ALL),
      getPayload: async ({ account: of, params }) => (await findEvent(world, of, params.id)).payload,
      getDeliveryRequest: async ({ account: of, params }) =>
        requestView(await findRequest(world, of, params, undefined), ALL),
      listEventTypes: async ({ query }) => eventTypesAnswer(query.source),
      getAccount: async ({ account: of }) => accountView(await findAccount(world, of)),
      listCallbacks: async ({ query }) => callbackRows(callbacks, query),
      getCallback: async ({ params }) => callbackRow(callbackNamed(params.id)),
      whoami: async ({ account: of }) => ({
        account: of,
        isOperator: false,
        key: { id: "export", name: "", scopes: [...ALL], expiresAt: null },
        session: null,
      }),
      getOpenApi: async () => openApi(),
      getHealth: async () => ({ status: "ok" }),
      getRoot: async () => rootView,
    },
    async () => ({ account: account.id, scopes: ALL }),
    (error) => console.error(error),
    readOnly,
  );
  return (request) => answer({ ...request, headers: { ...request.headers, authorization: ANY_KEY } });
}

const REQUEST_BYTES_MAX = 10 * 1024 * 1024; // the same as the API's gateway

/** Serves an export, by default on loopback only. @param port 0 for any free port @throws as node:net does */
export async function serveExport(
  read: ReadExport,
  port: number,
  {
    host,
    acceptedHosts = LOOPBACK_ONLY,
    consoleFiles = new Map(),
  }: { host?: string; acceptedHosts?: AcceptedHosts; consoleFiles?: StaticFiles } = {},
): Promise<{ url: string; stop: () => Promise<void> }> {
  const [api, serve] = [exportApi(read), fileServer(consoleFiles)];
  const answer = async (request: HttpRequest) =>
    /^\/console(\/|$)/.test(request.path) ? serve(request) : api(request);
  const gateway = await startGateway(port, host);
  gateway.open({
    routes: [],
    pools: new Map(),
    before: (request, response) => {
      void respond(request, response, answer, acceptedHosts).catch(() => response.destroy());
      return true;
    },
  });
  return { url: gateway.url, stop: gateway.close };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: HttpRequest) => Promise<HttpAnswer>,
  hosts: AcceptedHosts,
): Promise<void> {
  if (refusesForeign(request, response, hosts)) return;
  const { path, query } = splitTarget(request.url ?? "/");
  const { method = "GET" } = request;
  const {
    status,
    headers,
    body = "",
  } = await answer({
    method,
    path,
    query: firstOfEach(new URLSearchParams(query)),
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    body: (await readBody(request, REQUEST_BYTES_MAX)) ?? Buffer.alloc(0),
  });
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, "content-length": bytes.length });
  response.end(method === "HEAD" ? undefined : bytes);
}

function firstOfEach(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...query].toReversed());
}
