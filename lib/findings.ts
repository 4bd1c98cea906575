import { CfnResource } from "aws-cdk-lib/core";
import type { IConstruct } from "constructs";

/**
 * Suppresses findings of checkov and cfn-lint with a reason, in the resource's metadata, where both tools look for it. A
 * finding without a reason here must be fixed.
 * @param reasons by the finding's id, such as `CKV_AWS_27` or `W3005`
 * @throws {Error} if the construct has no single CloudFormation resource
 */
export function answerFindings({ node }: IConstruct, reasons: Readonly<Record<string, string>>): void {
  const { defaultChild } = node;
  if (!CfnResource.isCfnResource(defaultChild))
    throw new Error(`Cannot suppress findings of ${node.path}: it has no CloudFormation resource`);
  const [checkov, cfnLint] = [/^CKV/, /^[EWI]\d/].map((ids) => Object.entries(reasons).filter(([id]) => ids.test(id)));
  if (checkov?.length) defaultChild.addMetadata("checkov", { skip: checkov.map(([id, comment]) => ({ id, comment })) });
  if (cfnLint?.length)
    defaultChild.addMetadata("cfn-lint", {
      config: { ignore_checks: cfnLint.map(([id]) => id) },
      reasons: Object.fromEntries(cfnLint),
    });
}

/** Reasons for every log group. */
export const LOG_GROUP_FINDINGS = {
  CKV_AWS_158:
    "CloudWatch Logs encrypts all logs at rest with AWS keys. No payload, URL, header or secret is logged, which every end-to-end test checks.",
};

/** Reasons for every queue. */
export const QUEUE_FINDINGS = {
  CKV_AWS_27:
    "Encrypted at rest with SSE-SQS. A KMS key would add a KMS call per batch; the check only accepts KMS keys.",
};
