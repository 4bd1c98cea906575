import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import { CfnOutput, Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { publishStackId } from "../constructs/replacements.ts";
import { Api } from "../parts/api.ts";
import { type FunctionStackProps, stageNamespace } from "./stack-props.ts";

/** The HTTP API and the functions behind it. */
export class ApiStack extends Stack {
  readonly api: Api;

  constructor(scope: Construct, id: string, { settings, code, state, ...props }: FunctionStackProps) {
    super(scope, id, props);
    publishStackId(this);
    const { domain } = settings;
    this.api = new Api(this, "Default", {
      settings,
      name: this.stackName,
      code,
      metricNamespace: stageNamespace(settings),
      state,
      ...(domain !== undefined && {
        domain: {
          name: domain.name,
          certificate: Certificate.fromCertificateArn(this, "Certificate", domain.certificateArn),
        },
      }),
    });
    if (this.api.domainName === undefined) return;
    new CfnOutput(this, "DnsRecord", {
      description: "The DNS record to create, once",
      value: `${domain?.name} CNAME ${this.api.domainName.regionalDomainName}`,
    });
  }
}
