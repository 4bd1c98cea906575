import { randomBytes } from "node:crypto";
import * as z from "zod";
import type { Resources } from "../template/template.ts";

const Stage = z.object({ AccessLogSettings: z.object({ Format: z.string() }).optional() });

/** What a request's line in the access log tells. */
export interface Requested {
  readonly routeKey: string;
  readonly method: string;
  readonly path: string;
  readonly sourceIp: string;
  readonly at: number;
  readonly status: number;
  readonly responseBytes: number;
  readonly durationMs: number;
}

/** How the templates' HTTP API writes its access log; `undefined` where it writes none. */
export function readAccessLogFormat({ all, resolve }: Resources): string | undefined {
  const stage = all.find(({ type }) => type === "AWS::ApiGatewayV2::Stage");
  return stage && Stage.parse(resolve(stage.stack, stage.properties)).AccessLogSettings?.Format;
}

/**
 * The line that API Gateway writes of a request: for its length, which is billed, so what is not known here is `-`, as
 * there what has no value. Source: "Customize HTTP API access logs".
 */
export function accessLogLine(format: string, told: Requested): string {
  const values: Readonly<Record<string, string | number>> = {
    requestId: `${randomBytes(11).toString("base64url")}=`, // 16 characters, as AWS's examples have them
    requestTimeEpoch: told.at,
    "identity.sourceIp": told.sourceIp,
    httpMethod: told.method,
    path: told.path,
    routeKey: told.routeKey,
    status: told.status,
    responseLength: told.responseBytes,
    responseLatency: Math.round(told.durationMs),
    integrationLatency: Math.round(told.durationMs),
  };
  return format.replaceAll(/\$context\.([\w.]*\w)/g, (_, name: string) => String(values[name] ?? "-"));
}
