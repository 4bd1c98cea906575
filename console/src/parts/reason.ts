import type { AnswerOf } from "../api/client.ts";
import { w } from "../words/words.ts";
import { relative } from "./time.tsx";

type Delivery = AnswerOf<"GET /v1/deliveries">["data"][number];

/** What happened to a delivery and what comes next, in the current language. */
export function reasonText({ reasonCode, reasonParams, status }: Delivery): string {
  const next = reasonParams.nextAttemptAt === undefined ? "" : relative(reasonParams.nextAttemptAt);
  const why = w().reason[reasonCode](next);
  return status === "delivered" ? lastText(reasonParams) : `${lastText(reasonParams)} ${why}`;
}

function lastText({ attempts, lastOutcome, lastStatus, lastDurationMs = 0 }: Delivery["reasonParams"]): string {
  const { last, outcome } = w();
  if (lastOutcome === undefined) return last.untried;
  if (lastStatus !== undefined) return last.answered(attempts, lastStatus, lastDurationMs);
  return last.none(attempts, outcome[lastOutcome], lastDurationMs);
}

export function statusReasonText(code: keyof ReturnType<typeof w>["statusReason"], attempts = 0): string {
  return w().statusReason[code](attempts);
}
