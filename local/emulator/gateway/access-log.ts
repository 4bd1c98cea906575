import { randomBytes } from "node:crypto";
import * as z from "zod";
import type { Resources } from "../template/template.ts";

const Stage = z.object({ AccessLogSettings: z.object({ Format: z.string() }).optional() });

/** The fields of a request that its access log line contains. */
export interface LoggedRequest {
  readonly routeKey: string;
  readonly method: string;
  readonly path: string;
  readonly sourceIp: string;
  readonly at: number;
  readonly status: number;
  readonly responseBytes: number;
  readonly durationMs: number;
}

/** The access log format of the templates' HTTP API; `undefined` if it has no access log. */
export function readAccessLogFormat({ all, resolve }: Resources): string | undefined {
  const stage = all.find(({ type }) => type === "AWS::ApiGatewayV2::Stage");
  return stage && Stage.parse(resolve(stage.stack, stage.properties)).AccessLogSettings?.Format;
}

/**
 * The line that API Gateway would log for a request. Only its length matters, because it is billed: unknown values are `-`,
 * which API Gateway writes for values it does not have. Source: "Customize HTTP API access logs".
 */
export function accessLogLine(format: string, request: LoggedRequest): string {
  const values: Readonly<Record<string, string | number>> = {
    requestId: `${randomBytes(11).toString("base64url")}=`, // 16 characters, as in AWS's examples
    requestTimeEpoch: request.at,
    "identity.sourceIp": request.sourceIp,
    httpMethod: request.method,
    path: request.path,
    routeKey: request.routeKey,
    status: request.status,
    responseLength: request.responseBytes,
    responseLatency: Math.round(request.durationMs),
    integrationLatency: Math.round(request.durationMs),
  };
  return format.replaceAll(/\$context\.([\w.]*\w)/g, (_, name: string) => String(values[name] ?? "-"));
}
