import type { Log } from "../../../lambdas/ports/operations.ts";

const nothing = () => undefined;

/** A log that drops every line: the trace of a run shows more. */
export const silentLog: Log = {
  attemptFailed: nothing,
  messageFailed: nothing,
  activityLost: nothing,
  countsLost: nothing,
  roundFailed: nothing,
  redriven: nothing,
  swept: nothing,
  scheduleRefused: nothing,
};
