import { AccessLogField, AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import {
  ApiMapping,
  CfnStage,
  DomainName,
  type HttpRoute,
  type HttpStage,
  SecurityPolicy,
} from "aws-cdk-lib/aws-apigatewayv2";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import { CfnOutput } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { answerFindings } from "../findings.ts";
import type { Settings } from "../settings.ts";

/**
 * Gives an API a host name of the stage's own. The one that it has from AWS goes on working beside it: whoever was given
 * that before the domain came must not be cut off.
 */
export function nameApi(
  scope: Construct,
  stage: HttpStage,
  { name, certificateArn }: NonNullable<Settings["domain"]>,
): void {
  const domain = new DomainName(scope, "Domain", {
    domainName: name,
    certificate: Certificate.fromCertificateArn(scope, "Certificate", certificateArn),
    securityPolicy: SecurityPolicy.TLS_1_2,
  });
  const mapping = new ApiMapping(scope, "DomainMapping", { api: stage.api, stage, domainName: domain });
  answerFindings(mapping, { W3005: "The CDK's own: it names the domain once more, which changes nothing." });
  new CfnOutput(scope, "DnsRecord", {
    description: "The record to make in your DNS, once",
    value: `${name} CNAME ${domain.regionalDomainName}`,
  });
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

/**
 * One JSON line for each request, also for those that no function saw. No header, query or body: they may be private. No time
 * either, which each line has by itself, and no route, which method and path tell: the line is billed with every event.
 */
export function accessLogFormat(): AccessLogFormat {
  return AccessLogFormat.custom(
    JSON.stringify({
      requestId: AccessLogField.contextRequestId(),
      sourceIp: AccessLogField.contextIdentitySourceIp(),
      method: AccessLogField.contextHttpMethod(),
      path: AccessLogField.contextPath(),
      status: AccessLogField.contextStatus(),
      responseBytes: AccessLogField.contextResponseLength(),
      durationMs: AccessLogField.contextResponseLatency(),
      integrationMs: AccessLogField.contextIntegrationLatency(),
      integrationError: "$context.integrationErrorMessage",
      gatewayError: AccessLogField.contextErrorMessage(),
    }),
  );
}
