import type { Operation } from "../../../lambdas/http/routes.ts";

/** Ids of the resources that the examples use. The routes that delete use those under `deletable`. */
export interface Ids {
  readonly endpoint: string;
  readonly deletableEndpoint: string;
  readonly event: string;
  readonly key: string;
  readonly link: string;
  readonly recovery: string;
  readonly callback: string;
  readonly deletableCallback: string;
}

export interface Example {
  /** The account in the path; default `api`. */
  readonly account?: string;
  readonly params?: () => string;
  readonly body?: () => unknown;
  /** How the bad request differs from the good one, and its answer. */
  readonly bad: {
    readonly path?: string;
    readonly body?: unknown;
    readonly headers?: Record<string, string>;
    readonly status: number;
    readonly code: string;
  };
}
const UNKNOWN_ID = "01JD7X1RZ8M3V0A6Q5T2Y9WKBC";
const UNKNOWN = {
  rec: `rec_${UNKNOWN_ID}`,
  ep: `ep_${UNKNOWN_ID}`,
  evt: `evt_${UNKNOWN_ID}`,
  key: `key_${UNKNOWN_ID}`,
  ses: `ses_${UNKNOWN_ID}`,
};
const noEndpoint = { status: 404, code: "ENDPOINT_NOT_FOUND" };
const noAccount = { status: 404, code: "ACCOUNT_NOT_FOUND" };
const noEvent = { status: 404, code: "EVENT_NOT_FOUND" };
const noRecovery = { status: 404, code: "RECOVERY_NOT_FOUND" };
const noCallback = { status: 404, code: "CALLBACK_NOT_FOUND" };
const forbidden = { url: "http://169.254.169.254/latest/meta-data", eventTypes: ["*"] };

// One good and one bad request per route. A route without an example does not compile.
export function examplesOf(ids: Ids, url: string): Record<Operation, Example> {
  return {
    sendEvents: { body: () => ({ type: "t", data: 1 }), bad: { body: "{", status: 400, code: "JSON_INVALID" } },
    sendMailjetEvents: {
      body: () => ({ event: "open" }),
      bad: { body: { open: 1 }, status: 422, code: "FIELDS_INVALID" },
    },
    sendSarbacaneEvents: { body: () => [{ type: "open" }], bad: { body: [], status: 422, code: "FIELDS_INVALID" } },
    createEndpoint: {
      body: () => ({ url: url, eventTypes: ["a"] }),
      bad: { body: forbidden, status: 422, code: "ADDRESS_FORBIDDEN" },
    },
    listEndpoints: { bad: { path: "/v1/endpoints?limit=0", status: 422, code: "FIELDS_INVALID" } },
    checkUrl: {
      body: () => ({ url: url }),
      bad: { body: { url: "http://10.0.0.1/" }, status: 422, code: "ADDRESS_FORBIDDEN" },
    },
    testUrl: {
      body: () => ({ url: url }),
      bad: { body: { url: "http://10.0.0.1/" }, status: 422, code: "ADDRESS_FORBIDDEN" },
    },
    getEndpoint: { params: () => ids.endpoint, bad: { path: `/v1/endpoints/${UNKNOWN.ep}`, ...noEndpoint } },
    changeEndpoint: {
      params: () => ids.endpoint,
      body: () => ({ description: "changed" }),
      bad: { body: { timeoutMs: 1 }, status: 422, code: "FIELDS_INVALID" },
    },
    deleteEndpoint: {
      params: () => ids.deletableEndpoint,
      bad: { path: `/v1/endpoints/${UNKNOWN.ep}`, ...noEndpoint },
    },
    acknowledgeDeliveries: {
      params: () => ids.endpoint,
      body: () => ({ events: [ids.event] }),
      bad: { body: { events: [] }, status: 422, code: "FIELDS_INVALID" },
    },
    pauseEndpoint: {
      params: () => ids.endpoint,
      body: () => ({}),
      bad: { body: { until: "later" }, status: 422, code: "FIELDS_INVALID" },
    },
    resumeEndpoint: { params: () => ids.endpoint, bad: { path: `/v1/endpoints/${UNKNOWN.ep}/resume`, ...noEndpoint } },
    getSecret: { params: () => ids.endpoint, bad: { path: `/v1/endpoints/${UNKNOWN.ep}/secret`, ...noEndpoint } },
    rotateSecret: {
      params: () => ids.endpoint,
      bad: { body: { overlapHours: 169 }, status: 422, code: "FIELDS_INVALID" },
    },
    testEndpoint: { params: () => ids.endpoint, bad: { path: `/v1/endpoints/${UNKNOWN.ep}/test`, ...noEndpoint } },
    listDeliveries: { bad: { path: "/v1/deliveries?code=6xx", status: 422, code: "FIELDS_INVALID" } },
    listEndpointDeliveries: {
      params: () => ids.endpoint,
      bad: { path: `/v1/endpoints/${UNKNOWN.ep}/deliveries`, ...noEndpoint },
    },
    listEvents: { bad: { path: "/v1/events?after=yesterday", status: 422, code: "FIELDS_INVALID" } },
    getEvent: { params: () => ids.event, bad: { path: `/v1/events/${UNKNOWN.evt}`, ...noEvent } },
    resendEvent: {
      params: () => ids.event,
      bad: {
        body: '{"endpoints":["nobody"]}',
        path: `/v1/events/${UNKNOWN.evt}/resend`,
        status: 422,
        code: "FIELDS_INVALID",
      },
    },
    getPayload: { params: () => ids.event, bad: { path: `/v1/events/${UNKNOWN.evt}/payload`, ...noEvent } },
    listEventTypes: { bad: { path: "/v1/event-types?source=api", status: 422, code: "FIELDS_INVALID" } },
    exportAccount: { bad: { path: "/v1/export?cursor=nothing", status: 422, code: "FIELDS_INVALID" } },
    createRecovery: {
      body: () => ({ endpoint: ids.endpoint, types: ["email.*"] }),
      bad: { body: { statuses: ["unsent"] }, status: 422, code: "FIELDS_INVALID" },
    },
    listRecoveries: { bad: { path: "/v1/recoveries?limit=0", status: 422, code: "FIELDS_INVALID" } },
    getRecovery: { params: () => ids.recovery, bad: { path: `/v1/recoveries/${UNKNOWN.rec}`, ...noRecovery } },
    cancelRecovery: {
      params: () => ids.recovery,
      bad: { path: `/v1/recoveries/${UNKNOWN.rec}/cancel`, ...noRecovery },
    },
    getDeliveryRequest: {
      params: () => ids.event,
      bad: { path: `/v1/events/${UNKNOWN.evt}/requests/${ids.endpoint}`, ...noEvent },
    },
    listQueues: { bad: { path: "/v1/queue", status: 404, code: "ROUTE_NOT_FOUND" } },
    listAccounts: { bad: { path: "/v1/accounts?limit=0", status: 422, code: "FIELDS_INVALID" } },
    getAccount: { bad: { path: "/v1/accounts/nobody", ...noAccount } },
    putAccount: {
      body: () => ({ name: "API Ltd.", retentionDays: 7 }),
      bad: { body: { retentionDays: 0 }, status: 422, code: "FIELDS_INVALID" },
    },
    deleteAccount: { account: "deletable", bad: { path: "/v1/accounts/nobody", ...noAccount } },
    createKey: {
      body: () => ({ scopes: ["send"] }),
      bad: { body: { scopes: ["all"] }, status: 422, code: "FIELDS_INVALID" },
    },
    listKeys: { bad: { path: "/v1/accounts/nobody/keys", ...noAccount } },
    deleteKey: {
      params: () => ids.key,
      bad: { path: `/v1/accounts/api/keys/${UNKNOWN.key}`, status: 404, code: "KEY_NOT_FOUND" },
    },
    createPortalLink: {
      body: () => ({ expiresIn: 60, scopes: ["read"], returnUrl: "https://app.example.com/" }),
      bad: { body: { returnUrl: "javascript:alert(1)" }, status: 422, code: "FIELDS_INVALID" },
    },
    revokePortalLink: {
      params: () => ids.link,
      bad: { path: `/v1/accounts/api/portal-links/${UNKNOWN.ses}`, status: 404, code: "LINK_NOT_FOUND" },
    },
    createSession: {
      body: () => ({}),
      bad: { body: { key: "in the body" }, status: 422, code: "FIELDS_INVALID" },
    },
    deleteSession: { bad: { path: "/v1/sessions/other", status: 404, code: "ROUTE_NOT_FOUND" } },
    getStats: { bad: { path: "/v1/stats?interval=2h", status: 422, code: "FIELDS_INVALID" } },
    listBounces: { bad: { path: "/v1/bounces?format=xml", status: 422, code: "FIELDS_INVALID" } },
    listActivity: { bad: { path: "/v1/activity?endpoint=ep_1", status: 422, code: "FIELDS_INVALID" } },
    whoami: {
      bad: { path: "/v1/whoami/me", status: 404, code: "ROUTE_NOT_FOUND" },
    },
    createCallback: {
      body: () => ({ EventType: "open", Url: url }),
      bad: { body: { EventType: "click", Url: "https://example.com/" }, status: 400, code: "CALLBACK_EXISTS" },
    },
    listCallbacks: { bad: { path: "/v3/REST/eventcallbackurl?Limit=1001", status: 400, code: "FIELDS_INVALID" } },
    getCallback: { params: () => ids.callback, bad: { path: "/v3/REST/eventcallbackurl/999", ...noCallback } },
    changeCallback: {
      params: () => ids.callback,
      body: () => ({ Version: 2 }),
      bad: { body: { Url: "http://10.0.0.1/" }, status: 400, code: "ADDRESS_FORBIDDEN" },
    },
    deleteCallback: {
      params: () => ids.deletableCallback,
      bad: { path: "/v3/REST/eventcallbackurl/bounce|true", ...noCallback },
    },
    testCallback: { params: () => ids.callback, bad: { path: "/v3/REST/eventcallbackurl/x/test", ...noCallback } },
    getOpenApi: { bad: { path: "/v1/openapi.yaml", status: 404, code: "ROUTE_NOT_FOUND" } },
    getHealth: { bad: { path: "/healthy", status: 404, code: "ROUTE_NOT_FOUND" } },
    getRoot: { bad: { path: "//", status: 404, code: "ROUTE_NOT_FOUND" } },
  };
}
