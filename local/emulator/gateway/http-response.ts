import type { Invocation } from "../functions/thread.ts";

/** The response to the caller. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** A response of the gateway itself, with API Gateway's text. */
export function gatewayAnswer(status: number, message: string): HttpAnswer {
  return { status, headers: { "content-type": "application/json" }, body: Buffer.from(JSON.stringify({ message })) };
}

/** API Gateway's response for an invocation: payload format 2.0, with its rules for fields that a function may omit. */
export function toHttpAnswer(invocation: Invocation): HttpAnswer {
  if (invocation.kind === "failed") return gatewayAnswer(500, "Internal Server Error");
  const value: unknown = invocation.json === undefined ? undefined : JSON.parse(invocation.json);
  if (!isRecord(value) || !("statusCode" in value)) {
    const inferred = typeof value === "string" ? value : (invocation.json ?? "");
    return { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from(inferred) };
  }
  const status = Number(value["statusCode"]);
  if (!Number.isInteger(status) || status < 200 || status > 599) return gatewayAnswer(500, "Internal Server Error");
  const headers: Record<string, string | string[]> = {};
  const returnedHeaders = isRecord(value["headers"]) ? value["headers"] : {};
  for (const [name, header] of Object.entries(returnedHeaders)) headers[name.toLowerCase()] = String(header);
  if (Array.isArray(value["cookies"])) headers["set-cookie"] = value["cookies"].map(String);
  const body = typeof value["body"] === "string" ? value["body"] : "";
  return { status, headers, body: Buffer.from(body, value["isBase64Encoded"] === true ? "base64" : "utf8") };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
