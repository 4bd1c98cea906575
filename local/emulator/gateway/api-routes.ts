import * as z from "zod";
import { nameOf } from "../template/names.ts";
import type { Resources } from "../template/template.ts";
import type { Route } from "./routes.ts";

const RouteProperties = z.object({ RouteKey: z.string(), Target: z.string() });
const Integration = z.object({
  IntegrationType: z.literal("AWS_PROXY"),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal("2.0"),
});

/** The routes of the templates' HTTP API. */
export function readRoutes({ all, resolve }: Resources): Route[] {
  return all
    .filter(({ type }) => type === "AWS::ApiGatewayV2::Route")
    .map(({ stack, properties }) => {
      const { RouteKey, Target } = RouteProperties.parse(resolve(stack, properties));
      const integration = all.find((other) => other.stack === stack && Target === `integrations/${nameOf(other)}`);
      if (!integration) throw new Error(`Cannot find the integration ${Target} of the route ${RouteKey}`);
      const { IntegrationUri } = Integration.parse(resolve(stack, integration.properties));
      // Either the function's ARN alone, or the longer `…/functions/<arn>/invocations`.
      const functionArn = /functions\/(arn:[^/]+)\/invocations/.exec(IntegrationUri)?.[1] ?? IntegrationUri;
      return { key: RouteKey, functionArn };
    });
}
