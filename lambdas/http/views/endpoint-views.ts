import type * as z from "zod";
import { type Scope, seesSecrets, seesWholeUrls } from "../../accounts/model/key.ts";
import type { BacklogSummary } from "../../delivery/model/next-attempt.ts";
import type { Endpoint } from "../../endpoints/model/endpoint.ts";
import { type EndpointState, statusReasonText } from "../../endpoints/model/endpoint-state.ts";
import type { Page } from "../../ports/page.ts";
import type { CreatedEndpointView, EndpointView, SecretView } from "../responses/endpoint-responses.ts";
import { scheduleView } from "../schemas/endpoint-body.ts";
import { timeText } from "../schemas/fields.ts";
import { MASK, shownUrl } from "../schemas/url-field.ts";
import { listView, statusReasonParamsView, timeOrNull } from "./common-views.ts";

/** How the API shows its data. Every field is named here, so nothing private is shown by accident. */

export interface EndpointAndState {
  readonly endpoint: Endpoint;
  readonly state: EndpointState;
}
interface ShownEndpoint extends EndpointAndState {
  /** When it was read, epoch ms. */
  readonly readAt: number;
  /** What is pending; absent where it was not read. */
  readonly backlog?: BacklogSummary;
}

/** @param scopes of the key that reads it */
export function endpointView(
  { endpoint, state, readAt, backlog }: ShownEndpoint,
  scopes: readonly Scope[],
): z.input<typeof EndpointView> {
  const { description, eventTypes, preset, format, encoding, success, retrySchedule, timeoutMs } = endpoint;
  const { group = null, backupOf = null, releaseRate, rateLimit = null, headers, metadata } = endpoint;
  return {
    id: endpoint.id,
    account: endpoint.account,
    url: urlFor(endpoint, scopes),
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
    pausedUntil: timeOrNull(state.status === "paused" ? state.notBefore : undefined),
    retryAfterUntil: timeOrNull(retryAfterUntil(state, readAt)),
    ...(backlog !== undefined && {
      pendingCount: backlog.count,
      pendingCountIsComplete: backlog.isComplete,
      oldestPendingAt: timeOrNull(backlog.oldestAt),
      nextAttemptAt: timeOrNull(backlog.nextAttemptAt),
    }),
    managedBy: endpoint.managedBy ?? "user",
    createdAt: timeText(endpoint.createdAt),
    updatedAt: timeText(endpoint.updatedAt),
  };
}

/** @param readAt when the list was read, epoch ms */
export function endpointListView(page: Page<Omit<ShownEndpoint, "readAt">>, readAt: number, scopes: readonly Scope[]) {
  return listView(page, (found) => endpointView({ ...found, readAt }, scopes));
}

/** An endpoint's URL as these scopes are shown it. */
export function urlFor(endpoint: Endpoint, scopes: readonly Scope[]): string {
  return seesWholeUrls(scopes) ? shownUrl(endpoint) : publicUrl(endpoint.url);
}

/** Whether a text is in what these scopes are shown of an endpoint: its id, its URL or its description. */
export function endpointSearch(text: string, scopes: readonly Scope[]) {
  const wanted = text.toLowerCase();
  return (endpoint: Endpoint) =>
    [endpoint.id, urlFor(endpoint, scopes), endpoint.description].some((each) => each.toLowerCase().includes(wanted));
}

/** Without what may be a credential: the user, and the query, which often is a token. */
function publicUrl(url: string): string {
  const query = url.indexOf("?");
  return query === -1 ? url : `${url.slice(0, query)}?${MASK}`;
}

/** While active or failing, the only reason to wait with everything is the receiver's Retry-After. */
function retryAfterUntil({ status, notBefore = 0 }: EndpointState, now: number): number | undefined {
  return (status === "active" || status === "failing") && notBefore > now ? notBefore : undefined;
}

export function createdEndpointView(
  created: ShownEndpoint,
  scopes: readonly Scope[],
): z.input<typeof CreatedEndpointView> {
  const [secret = ""] = created.endpoint.secrets;
  if (!seesSecrets(scopes)) return endpointView(created, scopes);
  return {
    ...endpointView(created, scopes),
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
