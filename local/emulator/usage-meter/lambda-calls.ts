import type { Call } from "./ledger.ts";

// CloudWatch Logs counts 26 bytes for each event in addition to its text. Source: PutLogEvents, API reference.
const LINE_BYTES = 26;

/**
 * An invocation as Lambda bills it: memory times duration, per started millisecond.
 * @param durationMs the time on this machine, where CPU, table and queue differ from AWS, and events share a thread
 */
export function invoked({ label, memoryMb }: { label: string; memoryMb: number }, durationMs: number): Call {
  const gbSeconds = (memoryMb / 1_024) * (Math.ceil(durationMs) / 1_000);
  return { by: "AWS", service: "lambda", action: "Invoke", resource: label, used: { lambdaRequests: 1, gbSeconds } };
}

/** A line that a function wrote. */
export function logged(label: string, line: string): Call {
  const logBytes = Buffer.byteLength(line) + LINE_BYTES;
  return {
    by: label,
    service: "logs",
    action: "PutLogEvents",
    resource: label,
    requestBytes: logBytes,
    used: { logBytes },
  };
}
