import type { EndpointState } from "../../endpoints/model/endpoint-state.ts";
import { type Estimate, type Recovery, shownStatus } from "./recovery.ts";

/**
 * Explains in words what a recovery does, and what comes next.
 * @param state of its endpoint, if it is about one
 */
export function explainRecovery(recovery: Recovery, state?: EndpointState): string {
  const { estimate, resent, skipped, scannedUntil, nextAt } = recovery;
  const isDone = resent >= estimate.deliveries && estimate.isComplete;
  const of = isDone ? deliveriesInWords(resent) : `${resent} of ${estimateInWords(estimate)}`;
  const soFar = `${of} sent again${skippedInWords(skipped)}`;
  switch (shownStatus(recovery)) {
    case "running":
      return `Running: ${soFar}; events accepted before ${timeOf(scannedUntil)} were read.${fullInWords(recovery)}${onHoldInWords(state)}`;
    case "waiting":
      return `Waiting: ${soFar}; events accepted shortly before its end may not be logged yet, so it reads these again at ${timeOf(nextAt)}.${onHoldInWords(state)}`;
    case "cancelled":
      return `Cancelled: ${soFar}. What has joined a backlog is still sent.${onHoldInWords(state)}`;
    case "finished":
      return `Finished: ${deliveriesInWords(resent)} sent again${skippedInWords(skipped)}.${onHoldInWords(state)}`;
  }
}

/** @param estimate of a recovery that was not begun */
export function explainDryRun(estimate: Estimate): string {
  return `Not begun: it would send ${estimateInWords(estimate)} again.`;
}

function fullInWords({ endpoint, behind, nextAt, updatedAt }: Recovery): string {
  const full = Object.keys(behind);
  if (full.length === 0 && nextAt <= updatedAt) return "";
  const [whose = "its endpoint", ...others] = endpoint === undefined ? full : [endpoint];
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return ` It continues when the backlog of ${whose}${more} has room.`;
}

function onHoldInWords(state: EndpointState | undefined): string {
  if (state?.status === "paused" || state?.status === "suspended")
    return ` The endpoint is ${state.status}: what has joined its backlog is sent when it is resumed.`;
  if (state?.status === "failing") return " The endpoint is failing: its backlog is sent when it works again.";
  return "";
}

function estimateInWords({ deliveries, isComplete }: Estimate): string {
  return `${isComplete ? "" : "at least "}${deliveriesInWords(deliveries)}`;
}

function deliveriesInWords(count: number): string {
  return count === 1 ? "1 delivery" : `${count} deliveries`;
}

function skippedInWords(skipped: number): string {
  return skipped === 0 ? "" : `, ${skipped} skipped because their endpoint is gone`;
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
