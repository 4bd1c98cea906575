import { AccessLogField, AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import { CfnStage, DomainName, type HttpRoute, type HttpStage, SecurityPolicy } from "aws-cdk-lib/aws-apigatewayv2";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import { CfnOutput } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import type { Settings } from "./settings.ts";

/** The API's own host name goes on working beside it: whoever was given that before the domain came must not be cut off. */
export function domainName(scope: Construct, { name, certificateArn }: NonNullable<Settings["domain"]>): DomainName {
  const domain = new DomainName(scope, "Domain", {
    domainName: name,
    certificate: Certificate.fromCertificateArn(scope, "Certificate", certificateArn),
    securityPolicy: SecurityPolicy.TLS_1_2,
  });
  new CfnOutput(scope, "DnsRecord", {
    description: "The record to make in your DNS, once",
    value: `${name} CNAME ${domain.regionalDomainName}`,
  });
  return domain;
}

/** By hand: the CDK knows rates of a whole stage only. */
export function limitRoutes(
  stage: HttpStage,
  rates: Settings["throttling"]["routes"],
  routes: readonly HttpRoute[],
): void {
  if (Object.keys(rates).length === 0) return;
  const { defaultChild } = stage.node;
  if (!(defaultChild instanceof CfnStage))
    throw new Error("Cannot limit routes: the stage is none of CloudFormation's");
  // Not a field of its own but a map, whose names CloudFormation wants as they are.
  defaultChild.addPropertyOverride(
    "RouteSettings",
    Object.fromEntries(
      Object.entries(rates).map(([key, own]) => [
        key,
        { ThrottlingRateLimit: own?.rate, ThrottlingBurstLimit: own?.burst },
      ]),
    ),
  );
  stage.node.addDependency(...routes); // a route must be there before it can be limited
}

/** One JSON line for each request, also for those that no function saw. No header, query or body: they may be private. */
export function accessLogFormat(): AccessLogFormat {
  return AccessLogFormat.custom(
    JSON.stringify({
      requestId: AccessLogField.contextRequestId(),
      at: AccessLogField.contextRequestTimeEpoch(),
      sourceIp: AccessLogField.contextIdentitySourceIp(),
      method: AccessLogField.contextHttpMethod(),
      path: AccessLogField.contextPath(),
      routeKey: AccessLogField.contextRouteKey(),
      status: AccessLogField.contextStatus(),
      responseBytes: AccessLogField.contextResponseLength(),
      durationMs: AccessLogField.contextResponseLatency(),
      integrationMs: AccessLogField.contextIntegrationLatency(),
      integrationError: "$context.integrationErrorMessage",
      gatewayError: AccessLogField.contextErrorMessage(),
    }),
  );
}
