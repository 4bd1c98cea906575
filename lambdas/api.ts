import { dynamoAccounts } from "./aws/accounts.ts";
import { dynamoAllowance } from "./aws/allowance.ts";
import { dynamoCallbacks } from "./aws/callbacks.ts";
import { kmsClient, sqsClient } from "./aws/clients.ts";
import { clock, dice } from "./aws/clock-and-dice.ts";
import { dynamoDeliveries } from "./aws/deliveries.ts";
import { dynamoEndpoints } from "./aws/endpoints.ts";
import { dynamoEventLog } from "./aws/event-log.ts";
import { sqsEventQueue } from "./aws/event-queue.ts";
import { awsHealth } from "./aws/health.ts";
import { dynamoKeys } from "./aws/keys.ts";
import { dynamoStates } from "./aws/states.ts";
import { dynamoStats } from "./aws/stats.ts";
import { openTable } from "./aws/table.ts";
import { timerFrom } from "./aws/timer.ts";
import { kmsVault } from "./aws/vault.ts";
import { accountView, createdKeyView, keyView } from "./edge/account-views.ts";
import { changedBy } from "./edge/callback-body.ts";
import { apiKeyIdOf, callbackRow, callbackRows, callbackTestRow } from "./edge/callback-views.ts";
import { configOf } from "./edge/endpoint-body.ts";
import { patched } from "./edge/endpoint-patch.ts";
import { ApiEnvironment } from "./edge/environment.ts";
import { onHttp } from "./edge/http.ts";
import { eventQuery, pageQuery } from "./edge/queries.ts";
import { report, reportCrash } from "./edge/report.ts";
import { router } from "./edge/router.ts";
import { eventTypesAnswer } from "./edge/sample-fields.ts";
import { statsQuery, statsView } from "./edge/stats-views.ts";
import {
  createdEndpointView,
  deliveryView,
  endpointView,
  eventView,
  eventWithDeliveriesView,
  listView,
  rootView,
  secretView,
  testView,
} from "./edge/views.ts";
import { createAccountKey, deleteAccountKey, listAccountKeys } from "./flow/account-keys.ts";
import { authenticator } from "./flow/authenticate.ts";
import { changeCallback, deleteCallback, registerCallback, removeEndpoint } from "./flow/change-callbacks.ts";
import { changeEndpoint } from "./flow/change-endpoint.ts";
import { checkHealth } from "./flow/check-health.ts";
import { deleteAccount } from "./flow/delete-account.ts";
import { findAccount, listAccounts, putAccount } from "./flow/find-account.ts";
import { findCallback, listCallbacks } from "./flow/find-callbacks.ts";
import { findEndpoint, listEndpoints } from "./flow/find-endpoint.ts";
import { listDeliveries } from "./flow/list-deliveries.ts";
import { findEvent, findEventWithDeliveries } from "./flow/read-events.ts";
import { readStats } from "./flow/read-stats.ts";
import { registerEndpoint } from "./flow/register-endpoint.ts";
import { resendEvent } from "./flow/resend-event.ts";
import { rotateSecret } from "./flow/rotate-secret.ts";
import { pauseEndpoint, resumeEndpoint } from "./flow/steer-endpoint.ts";
import { testCallback } from "./flow/test-callback.ts";
import { testEndpoint, testUrl } from "./flow/test-endpoint.ts";
import { countedGuard } from "./metrics/counted-ports.ts";
import { emfFigures, telling } from "./metrics/emf.ts";
import { httpCourier } from "./net/courier.ts";
import { addressGuard } from "./net/guard.ts";
import { dnsResolve } from "./net/resolver.ts";

const env = ApiEnvironment.parse(process.env);
const table = openTable(env.TABLE_NAME);
const figures = emfFigures();
const defaults = { retrySchedule: env.RETRY_SCHEDULE };
const guard = addressGuard({ isLoopbackAllowed: env.ALLOW_LOOPBACK, isHttpsOnly: env.HTTPS_ONLY }, dnsResolve());
const vault = kmsVault(table, kmsClient(), env.SEALING_KEY_ARN);
const world = {
  clock,
  dice,
  guard: countedGuard(guard, figures),
  keys: dynamoKeys(table),
  accounts: dynamoAccounts(table),
  operatorAccount: env.OPERATOR_ACCOUNT,
  endpoints: dynamoEndpoints(table, vault),
  callbacks: dynamoCallbacks(table, vault),
  states: dynamoStates(table),
  log: dynamoEventLog(table, clock),
  deliveries: dynamoDeliveries(table),
  stats: dynamoStats(table),
  allowance: dynamoAllowance(table),
  courier: httpCourier(guard, clock),
  queue: sqsEventQueue(sqsClient(), env.EVENTS_QUEUE_URL),
  timer: timerFrom(env, clock, report),
  health: awsHealth(table, sqsClient(), env.EVENTS_QUEUE_URL),
};

export const handler = telling(
  figures,
  onHttp(
    router<"api">(
      {
        createEndpoint: async ({ account, body }) =>
          createdEndpointView(await registerEndpoint(world, account, configOf(body, defaults))),
        listEndpoints: async ({ account, query }) =>
          listView(await listEndpoints(world, account, pageQuery(query)), endpointView),
        getEndpoint: async ({ account, params }) => endpointView(await findEndpoint(world, account, params.id)),
        changeEndpoint: async ({ account, params, body }) =>
          endpointView(await changeEndpoint(world, account, params.id, patched(body, defaults))),
        deleteEndpoint: ({ account, params }) => removeEndpoint(world, account, params.id),
        pauseEndpoint: async ({ account, params, body }) =>
          endpointView(await pauseEndpoint(world, account, params.id, body.until)),
        resumeEndpoint: async ({ account, params, body }) =>
          endpointView(await resumeEndpoint(world, account, params.id, body.backlog)),
        getSecret: async ({ account, params }) => secretView(await findEndpoint(world, account, params.id)),
        rotateSecret: async ({ account, params, body }) =>
          secretView(await rotateSecret(world, account, params.id, body.overlapHours)),
        testUrl: async ({ account, body }) => testView(await testUrl(world, account, body, body)),
        testEndpoint: async ({ account, params, body }) =>
          testView({
            attempt: await testEndpoint(world, account, (await findEndpoint(world, account, params.id)).endpoint, body),
          }),
        listDeliveries: async ({ account, params, query }) =>
          listView(
            await listDeliveries(world, account, params.id, { ...pageQuery(query), status: query.status }),
            deliveryView,
          ),
        listEvents: async ({ account, query }) => listView(await world.log.list(account, eventQuery(query)), eventView),
        getEvent: async ({ account, params }) =>
          eventWithDeliveriesView(await findEventWithDeliveries(world, account, params.id)),
        resendEvent: async ({ account, params, body }) => {
          await resendEvent(world, account, params.id, body.endpoints);
          return eventWithDeliveriesView(await findEventWithDeliveries(world, account, params.id));
        },
        getPayload: async ({ account, params }) => (await findEvent(world, account, params.id)).payload,
        listEventTypes: async ({ query }) => eventTypesAnswer(query.source),
        getStats: async ({ account, query }) => statsView(query, await readStats(world, account, statsQuery(query))),
        listAccounts: async ({ query }) => listView(await listAccounts(world, pageQuery(query)), accountView),
        getAccount: async ({ account }) => accountView(await findAccount(world, account)),
        putAccount: async ({ account, body }) => accountView(await putAccount(world, account, body)),
        deleteAccount: async ({ account }) => accountView(await deleteAccount(world, account)),
        createKey: async ({ account, body, key }) => createdKeyView(await createAccountKey(world, account, body, key)),
        listKeys: async ({ account }) => listView(await listAccountKeys(world, account), keyView),
        deleteKey: ({ account, params }) => deleteAccountKey(world, account, params.id),
        createCallback: async ({ account, body, key }) =>
          callbackRow(await registerCallback(world, account, body, apiKeyIdOf(key))),
        listCallbacks: async ({ account, query }) => callbackRows(await listCallbacks(world, account), query),
        getCallback: async ({ account, params }) => callbackRow(await findCallback(world, account, params.id)),
        changeCallback: async ({ account, params, body }) =>
          callbackRow(await changeCallback(world, account, params.id, changedBy(body))),
        deleteCallback: ({ account, params }) => deleteCallback(world, account, params.id),
        testCallback: async ({ account, params }) => callbackTestRow(await testCallback(world, account, params.id)),
        getOpenApi: async () => (await import("./edge/openapi.ts")).openApi(),
        getHealth: () => checkHealth(world),
        getRoot: async () => rootView,
      },
      authenticator(world),
      reportCrash,
    ),
  ),
);
