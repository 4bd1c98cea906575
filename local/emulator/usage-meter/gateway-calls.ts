import type { Call } from "./ledger.ts";

const STEP_BYTES = 524_288; // API Gateway bills HTTP APIs in steps of 512 KB: here of the larger of request and response

/** A request as API Gateway bills it. */
export function requested(
  route: string,
  requestBytes: number,
  { status, body }: { status: number; body: Buffer },
): Call {
  const httpRequests = Math.max(1, Math.ceil(Math.max(requestBytes, body.length) / STEP_BYTES));
  return {
    by: "callers",
    service: "apigateway",
    action: "Invoke",
    resource: route,
    requestBytes,
    responseBytes: body.length,
    isFailure: status >= 400,
    used: { httpRequests },
  };
}
