import type * as z from "zod";
import type { Endpoint } from "../../endpoints/model/endpoint.ts";
import { type EndpointState, statusReasonText } from "../../endpoints/model/endpoint-state.ts";
import type { CreatedEndpointView, EndpointView, SecretView } from "../responses/endpoint-responses.ts";
import { bodyOf, scheduleView } from "../schemas/endpoint-body.ts";
import { timeText } from "../schemas/fields.ts";
import { MASK } from "../schemas/url-field.ts";
import { statusReasonParamsView, timeOrNull } from "./common-views.ts";

/** How the API shows its data. Every field is named here, so nothing private is shown by accident. */

export interface EndpointAndState {
  readonly endpoint: Endpoint;
  readonly state: EndpointState;
}

export function endpointView({ endpoint, state }: EndpointAndState): z.input<typeof EndpointView> {
  const { description, eventTypes, preset, format, encoding, success, retrySchedule, timeoutMs } = endpoint;
  const { group = null, backupOf = null, releaseRate, rateLimit = null, headers, metadata } = endpoint;
  return {
    id: endpoint.id,
    url: String(bodyOf(endpoint)["url"]),
    description,
    eventTypes: [...eventTypes],
    preset,
    format,
    encoding,
    success,
    group: group && { ...group },
    backupOf: backupOf && [...backupOf],
    retrySchedule: scheduleView(retrySchedule),
    timeoutMs,
    releaseRate,
    rateLimit,
    headers: Object.fromEntries(Object.keys(headers).map((name) => [name, MASK])),
    metadata: { ...metadata },
    status: state.status,
    statusReason: statusReasonText(state.statusReason),
    statusReasonCode: state.statusReason.code,
    statusReasonParams: statusReasonParamsView(state.statusReason),
    statusSince: timeText(state.statusSince),
    consecutiveFailures: state.streak,
    lastSuccessAt: timeOrNull(state.lastOkAt),
    lastLoopAt: timeOrNull(state.lastLoopAt),
    managedBy: endpoint.managedBy ?? "user",
    createdAt: timeText(endpoint.createdAt),
    updatedAt: timeText(endpoint.updatedAt),
  };
}

export function createdEndpointView(created: EndpointAndState): z.input<typeof CreatedEndpointView> {
  const [secret = ""] = created.endpoint.secrets;
  return {
    ...endpointView(created),
    secret,
    verification: { library: "standardwebhooks (npm, PyPI, Packagist, crates.io, Go, …)", snippet: snippetFor(secret) },
  };
}

function snippetFor(secret: string): string {
  return `import { Webhook } from "standardwebhooks";\nconst event = new Webhook("${secret}").verify(rawBody, request.headers); // throws if the signature is wrong`;
}

export function secretView({ endpoint }: EndpointAndState): z.input<typeof SecretView> {
  const { secrets, oldSecrets = [] } = endpoint;
  return {
    secret: secrets[0] ?? "",
    previous: oldSecrets.map(({ secret, until }) => ({ secret, until: timeText(until) })),
  };
}
