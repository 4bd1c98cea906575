import { authenticator } from "./accounts/authenticate.ts";
import { createPortalLink, revokePortalLink } from "./accounts/create-portal-link.ts";
import { deleteAccount } from "./accounts/delete-account.ts";
import { findAccount, listAccounts, putAccount, settingAction } from "./accounts/find-account.ts";
import { createAccountKey, deleteAccountKey, listAccountKeys } from "./accounts/manage-keys.ts";
import { endSession, openSession } from "./accounts/open-session.ts";
import { type Actor, type Change, recordActivity } from "./activity/record-activity.ts";
import { emfMetrics, withMetrics } from "./adapters/metrics/emf.ts";
import { pageWithBacklogs, withBacklog } from "./delivery/summarise-backlog.ts";
import { changeEndpoint } from "./endpoints/change-endpoint.ts";
import type { EndpointAndState } from "./endpoints/change-status.ts";
import { requireAllowedUrl } from "./endpoints/check-url.ts";
import { findEndpoint, listEndpoints } from "./endpoints/find-endpoint.ts";
import { pauseEndpoint, resumeEndpoint } from "./endpoints/pause-resume.ts";
import { registerOnce } from "./endpoints/register-once.ts";
import { repeatOnConflict } from "./endpoints/repeat-on-conflict.ts";
import { rotateSecret } from "./endpoints/rotate-secret.ts";
import { testEndpoint, testUrl } from "./endpoints/send-test-event.ts";
import { accountLimiter } from "./events/enforce-account-limits.ts";
import { findRequest } from "./events/find-request.ts";
import { listDeliveries } from "./events/list-deliveries.ts";
import { listEvents } from "./events/list-events.ts";
import { findEventShown, findPayloadShown, resendShown } from "./events/one-endpoint.ts";
import { readExportPage } from "./export/read-export-page.ts";
import { onHttp } from "./http/http.ts";
import { patchedEndpoint } from "./http/patch-endpoint.ts";
import { activityQuery, bounceQuery, deliveryQuery, endpointQuery, eventQuery, pageQuery } from "./http/queries.ts";
import { recoveryAnswer } from "./http/recovery-answer.ts";
import { AnswerWithHeaders, partOfText, repeatable, router } from "./http/router.ts";
import { changedBy } from "./http/schemas/callback-body.ts";
import { configOf } from "./http/schemas/endpoint-body.ts";
import { eventTypesAnswer } from "./http/schemas/sample-fields.ts";
import { shownUrl } from "./http/schemas/url-field.ts";
import { sessionCookie } from "./http/sessions/session-cookie.ts";
import { accountView, activityView, createdKeyView, keyView, whoamiView } from "./http/views/account-views.ts";
import { bouncesAnswer } from "./http/views/bounce-views.ts";
import { apiKeyIdOf, callbackRow, callbackRows, callbackTestRow } from "./http/views/callback-views.ts";
import { listView, rootView } from "./http/views/common-views.ts";
import { deliveryListView, testView } from "./http/views/delivery-views.ts";
import { createdEndpointView, endpointListView, endpointView, secretView } from "./http/views/endpoint-views.ts";
import { eventListView, eventWithDeliveriesView } from "./http/views/event-views.ts";
import { exportPart } from "./http/views/export-views.ts";
import { recoveryView } from "./http/views/recovery-views.ts";
import { requestView } from "./http/views/request-views.ts";
import { portalLinkView, secondsLeft, sessionView } from "./http/views/session-views.ts";
import { statsAnswer, statsQuery } from "./http/views/stats-views.ts";
import { changeCallback, deleteCallback, registerCallback, removeEndpoint } from "./mailjet/change-callbacks.ts";
import { callbackChange, findCallback, listCallbacks } from "./mailjet/find-callbacks.ts";
import { testCallback } from "./mailjet/test-callback.ts";
import { recoveryCreated, requestRecovery } from "./recoveries/create-recovery.ts";
import { cancelRecovery, listRecoveries, readRecovery } from "./recoveries/find-recovery.ts";
import { requestWithin, requireShown, shownOf } from "./recoveries/one-endpoint.ts";
import { acknowledger } from "./retry/acknowledge-deliveries.ts";
import { apiPorts } from "./runtime/api-wiring.ts";
import { checkHealth } from "./runtime/check-health.ts";
import { report, reportCrash } from "./runtime/operational-log.ts";
import { LIMITS } from "./shared/limits.ts";
import { countingFinalOutcomes } from "./stats/count-final-outcomes.ts";
import { listBounces } from "./stats/list-bounces.ts";
import { readStats, readStatsByAccount } from "./stats/read-stats.ts";

const metrics = emfMetrics();
const { ports, defaults, eventsPerSecond, frameAncestors } = apiPorts(process.env, metrics);
const { clock } = ports;
const cookieOf = (token: string, seconds: number) => sessionCookie(token, seconds, frameAncestors);
const checkAccounts = accountLimiter(ports, eventsPerSecond);

const shown = async (found: EndpointAndState) => ({ ...(await withBacklog(ports, found)), readAt: clock.now() });
const acknowledge = countingFinalOutcomes({ ...ports, report }, acknowledger);
const record = (call: Actor, change: Change) => recordActivity({ ...ports, report }, call, change);

export const handler = withMetrics(
  metrics,
  onHttp(
    router<"api">(
      {
        createEndpoint: async ({ body, ...call }) => {
          const { account, idempotency, key } = call;
          const config = configOf(body.config, defaults);
          const created = await registerOnce(ports, account, config, idempotency, body.start);
          const { endpoint, isReplay } = created;
          await record(call, { action: "endpoint.created", endpoint: endpoint.id, isReplay });
          return repeatable(createdEndpointView(await shown(created), key.scopes), isReplay);
        },
        listEndpoints: async ({ account, query, key, only }) => {
          const page = await listEndpoints(ports, account, { ...endpointQuery(query, key.scopes), only });
          return endpointListView(await pageWithBacklogs(ports, page, query.include), clock.now(), key.scopes);
        },
        getEndpoint: async ({ account, params, key }) =>
          endpointView(await shown(await findEndpoint(ports, account, params.id)), key.scopes),
        changeEndpoint: async ({ params, body, ...call }) => {
          const change = patchedEndpoint(body, defaults);
          const changed = await repeatOnConflict(ports, () => changeEndpoint(ports, call.account, params.id, change));
          await record(call, { action: "endpoint.changed", endpoint: params.id, body });
          return endpointView(await shown(changed), call.key.scopes);
        },
        deleteEndpoint: async ({ params, ...call }) => {
          await removeEndpoint(ports, call.account, params.id);
          await record(call, { action: "endpoint.deleted", endpoint: params.id });
        },
        pauseEndpoint: async ({ params, body, ...call }) => {
          const paused = await pauseEndpoint(ports, call.account, params.id, body.until);
          await record(call, { action: "endpoint.paused", endpoint: params.id });
          return endpointView(await shown(paused), call.key.scopes);
        },
        resumeEndpoint: async ({ params, body, ...call }) => {
          const resumed = await resumeEndpoint(ports, call.account, params.id, body.backlog);
          await record(call, { action: "endpoint.resumed", endpoint: params.id });
          return endpointView(await shown(resumed), call.key.scopes);
        },
        getSecret: async ({ account, params }) => secretView(await findEndpoint(ports, account, params.id)),
        rotateSecret: async ({ params, body, ...call }) => {
          const { overlapHours, secret } = body;
          const rotate = () => rotateSecret(ports, call.account, params.id, overlapHours, secret);
          const rotated = await repeatOnConflict(ports, rotate);
          await record(call, { action: "endpoint.secret_rotated", endpoint: params.id });
          return secretView(rotated);
        },
        checkUrl: async ({ body }) => {
          await requireAllowedUrl(ports.guard, body.url);
          return { url: shownUrl(body) };
        },
        testUrl: async ({ account, body }) => testView(await testUrl(ports, account, body, body)),
        testEndpoint: async ({ account, params, body }) =>
          testView({
            attempt: await testEndpoint(ports, account, (await findEndpoint(ports, account, params.id)).endpoint, body),
          }),
        acknowledgeDeliveries: async ({ account, params, body }) => ({
          acknowledged: await acknowledge(account, params.id, body.events),
        }),
        listEndpointDeliveries: async ({ account, params: { id: endpoint }, query, key }) =>
          deliveryListView(await listDeliveries(ports, account, { ...deliveryQuery(query), endpoint }), key.scopes),
        listDeliveries: async ({ account, query, key }) =>
          deliveryListView(await listDeliveries(ports, account, deliveryQuery(query)), key.scopes),
        listEvents: async ({ account, query, key }) => {
          const readAt = clock.now();
          return eventListView(await listEvents(ports, account, eventQuery(query, key.scopes)), readAt, query.include);
        },
        getEvent: async ({ account, params, key, only }) =>
          eventWithDeliveriesView(await findEventShown(ports, account, params.id, only), key.scopes),
        resendEvent: async ({ account, params, body, idempotency, key, only }) => {
          const since = (await checkAccounts([{ account }]))(account);
          const to = { wanted: body.endpoints, only };
          const resent = await resendShown(ports, account, params.id, to, idempotency, since);
          return repeatable(eventWithDeliveriesView(resent, key.scopes), resent.isReplay);
        },
        getPayload: async ({ account, params, only }) =>
          (await findPayloadShown(ports, account, params.id, only)).payload,
        getDeliveryRequest: async ({ account, params, key, only }) =>
          requestView(await findRequest(ports, account, params, only), key.scopes),
        listEventTypes: async ({ query }) => eventTypesAnswer(query.source),
        getStats: ({ account, query, only }) => {
          const series = () => readStats(ports, account, statsQuery(query));
          const byAccount = () => readStatsByAccount(ports, account, statsQuery(query));
          return statsAnswer(query, { series, byAccount }, only);
        },
        exportAccount: async ({ account, query }) =>
          partOfText(exportPart(await readExportPage(ports, account, query.cursor), LIMITS.exportPartBytes)),
        createRecovery: async ({ body, only, ...call }) => {
          const requested = await requestRecovery(ports, call.account, requestWithin(body, only), call.idempotency);
          await record(call, recoveryCreated(requested));
          return recoveryAnswer(requested);
        },
        listRecoveries: async ({ account, query, only }) =>
          listView(shownOf(await listRecoveries(ports, account, pageQuery(query)), only), recoveryView),
        getRecovery: async ({ account, params: { id }, only }) => {
          await requireShown(ports, account, id, only);
          return recoveryView(await readRecovery(ports, account, id));
        },
        cancelRecovery: async ({ params: { id }, only, ...call }) => {
          await requireShown(ports, call.account, id, only);
          const cancelled = await cancelRecovery(ports, call.account, id);
          await record(call, { action: "recovery.cancelled", subject: id });
          return recoveryView(cancelled);
        },
        listBounces: async ({ account, query }) => {
          const { body, headers } = bouncesAnswer(await listBounces(ports, account, bounceQuery(query)), query);
          return new AnswerWithHeaders(body, headers);
        },
        listAccounts: async ({ query }) => listView(await listAccounts(ports, pageQuery(query)), accountView),
        getAccount: async ({ account }) => accountView(await findAccount(ports, account)),
        putAccount: async ({ body, ...call }) => {
          const account = await putAccount(ports, call.account, body);
          await record(call, { action: settingAction(account), subject: account.id });
          return accountView(account);
        },
        deleteAccount: async ({ account, ...call }) => {
          const deleted = await deleteAccount(ports, account);
          // In the operator's own activity: the account's is erased.
          await record({ ...call, account: ports.operatorAccount }, { action: "account.deleted", subject: account });
          return accountView(deleted);
        },
        createKey: async ({ body, ...call }) => {
          const created = await createAccountKey(ports, call.account, body, call.key);
          await record(call, { action: "key.created", subject: created.key.id });
          return createdKeyView(created);
        },
        listKeys: async ({ account }) => listView(await listAccountKeys(ports, account), keyView),
        deleteKey: async ({ params, ...call }) => {
          await deleteAccountKey(ports, call.account, params.id);
          await record(call, { action: "key.deleted", subject: params.id });
        },
        listActivity: async ({ account, query }) =>
          listView(await ports.activity.list(account, activityQuery(query)), activityView),
        whoami: async ({ account, isOperator, key }) => whoamiView(account, isOperator, key),
        createPortalLink: async ({ body, origin, ...call }) => {
          const [at, created] = [origin(), await createPortalLink(ports, call.account, body, call.key)];
          await record(call, { action: "portal_link.created", subject: created.session.id });
          return portalLinkView(created, at);
        },
        revokePortalLink: async ({ params, ...call }) => {
          await revokePortalLink(ports, call.account, params.id);
          await record(call, { action: "portal_link.revoked", subject: params.id });
        },
        createSession: async ({ body, key }) => {
          const { session, token } = await openSession(ports, { code: body.code, key });
          const seconds = secondsLeft(session, clock.now());
          return new AnswerWithHeaders(sessionView(session), cookieOf(token, seconds));
        },
        deleteSession: async ({ key }) => {
          await endSession(ports, key.account, key.session?.id);
          return new AnswerWithHeaders(undefined, cookieOf("", 0));
        },
        createCallback: async ({ body, ...call }) => {
          const created = await registerCallback(ports, call.account, body, apiKeyIdOf(call.key));
          await record(call, callbackChange("callback.created", created.callback));
          return callbackRow(created);
        },
        listCallbacks: async ({ account, query }) => callbackRows(await listCallbacks(ports, account), query),
        getCallback: async ({ account, params }) => callbackRow(await findCallback(ports, account, params.id)),
        changeCallback: async ({ params, body, ...call }) => {
          const changed = await changeCallback(ports, call.account, params.id, changedBy(body));
          await record(call, callbackChange("callback.changed", changed.callback));
          return callbackRow(changed);
        },
        deleteCallback: async ({ params, ...call }) => {
          const deleted = await deleteCallback(ports, call.account, params.id);
          await record(call, callbackChange("callback.deleted", deleted));
        },
        testCallback: async ({ account, params }) => callbackTestRow(await testCallback(ports, account, params.id)),
        listQueues: async () => ({ data: await ports.queues.depths() }),
        getOpenApi: async () => (await import("./http/openapi/openapi.ts")).openApi(),
        getHealth: () => checkHealth(ports),
        getRoot: async () => rootView,
      },
      authenticator(ports),
      reportCrash,
    ),
  ),
);
