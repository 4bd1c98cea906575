import type * as z from "zod";
import { type Scope, seesResponses } from "../../accounts/model/key.ts";
import type { Answer, Attempt } from "../../delivery/model/attempt.ts";
import type { Delivery } from "../../delivery/model/delivery.ts";
import { type DeliveryReasonParams, reasonOf } from "../../delivery/model/delivery-reason.ts";
import { explain } from "../../delivery/model/explain-delivery.ts";
import type { Endpoint } from "../../endpoints/model/endpoint.ts";
import type { EndpointState } from "../../endpoints/model/endpoint-state.ts";
import type { Page } from "../../ports/page.ts";
import { idTime } from "../../shared/ids.ts";
import { LIMITS } from "../../shared/limits.ts";
import type { DeliveryList, DeliveryView, TestView } from "../responses/delivery-responses.ts";
import { timeText } from "../schemas/fields.ts";
import { scannedListView, statusReasonParamsView, timeOrNull } from "./common-views.ts";
import { urlFor } from "./endpoint-views.ts";

export interface DeliveryAndEndpoint {
  readonly delivery: Delivery;
  readonly endpoint: Endpoint | undefined;
  readonly state: EndpointState | undefined;
  readonly behind?: number;
}

/** @param scopes of the key that reads it: some do not see what receivers responded */
export function deliveryView(
  { delivery, endpoint, state, behind }: DeliveryAndEndpoint,
  scopes: readonly Scope[],
): z.input<typeof DeliveryView> {
  const { eventId, type, status, reason = null, attempts, onBehalfOf = null } = delivery;
  const last = attempts.at(-1);
  const why = reasonOf(delivery, endpoint, state, behind);
  return {
    eventId,
    type,
    acceptedAt: timeText(idTime(eventId)),
    endpointId: delivery.endpoint,
    endpointUrl: endpoint === undefined ? null : urlFor(endpoint, scopes),
    onBehalfOf,
    status,
    reason,
    lastStatus: last?.answer?.status ?? null,
    lastDurationMs: last?.durationMs ?? null,
    nextAttemptAt: timeOrNull(why.params.nextAttemptAt),
    attempts: attempts.map(({ startedAt, outcome, answer, durationMs, reason: detail = null }) => ({
      at: timeText(startedAt),
      outcome,
      status: answer?.status ?? null,
      durationMs,
      reason: detail,
      response: answer === undefined || !seesResponses(scopes) ? null : answerView(answer),
    })),
    explanation: explain(why),
    reasonCode: why.code,
    reasonParams: reasonParamsView(why.params),
  };
}

export function deliveryListView(
  page: Page<DeliveryAndEndpoint>,
  scopes: readonly Scope[],
): z.input<typeof DeliveryList> {
  return scannedListView(page, (each) => deliveryView(each, scopes));
}

function reasonParamsView(params: DeliveryReasonParams): z.input<typeof DeliveryView>["reasonParams"] {
  const { nextAttemptAt, pausedUntil, cancelledAt, endpointStatusSince, endpointStatusReason, behind, ...rest } =
    params;
  return {
    ...rest,
    ...(nextAttemptAt !== undefined && { nextAttemptAt: timeText(nextAttemptAt) }),
    ...(pausedUntil !== undefined && { pausedUntil: timeText(pausedUntil) }),
    ...(cancelledAt !== undefined && { cancelledAt: timeText(cancelledAt) }),
    ...(endpointStatusSince !== undefined && { endpointStatusSince: timeText(endpointStatusSince) }),
    ...(endpointStatusReason !== undefined && {
      endpointStatusReasonCode: endpointStatusReason.code,
      endpointStatusReasonParams: statusReasonParamsView(endpointStatusReason),
    }),
    ...(behind !== undefined && { behind, behindIsComplete: behind < LIMITS.behindMax }),
  };
}

export function testView({ attempt, secret }: { attempt: Attempt; secret?: string }): z.input<typeof TestView> {
  const { outcome, answer, durationMs, reason } = attempt;
  return {
    outcome,
    status: answer?.status ?? null,
    durationMs,
    response: answer === undefined ? null : answerView(answer),
    reason: reason ?? null,
    ...(secret !== undefined && { secret }),
  };
}

/** The kept body as text; `null` if none was kept. */
export function bodyText(body: Uint8Array | undefined): string | null {
  return body === undefined ? null : Buffer.from(body).toString("utf8");
}

function answerView({ status, headers, body, isTruncated }: Answer) {
  return { status, headers: { ...headers }, body: bodyText(body), truncated: isTruncated };
}
