import { CfnResource } from "aws-cdk-lib/core";
import type { IConstruct } from "constructs";

/**
 * Answers findings of checkov, and notes of cfn-lint, with a reason, in the template where both tools look for it: the
 * resource's metadata. A finding without an answer here is one to be mended.
 * @param reasons by the finding's id, such as `CKV_AWS_27` or `W3005`
 * @throws {Error} when the construct is no single resource of CloudFormation's
 */
export function answerFindings({ node }: IConstruct, reasons: Readonly<Record<string, string>>): void {
  const { defaultChild } = node;
  if (!CfnResource.isCfnResource(defaultChild))
    throw new Error(`Cannot answer findings of ${node.path}: it is no resource`);
  const [checkov, cfnLint] = [/^CKV/, /^[EWI]\d/].map((ids) => Object.entries(reasons).filter(([id]) => ids.test(id)));
  if (checkov?.length) defaultChild.addMetadata("checkov", { skip: checkov.map(([id, comment]) => ({ id, comment })) });
  if (cfnLint?.length)
    defaultChild.addMetadata("cfn-lint", {
      config: { ignore_checks: cfnLint.map(([id]) => id) },
      reasons: Object.fromEntries(cfnLint),
    });
}

/** Of every log group. */
export const LOG_GROUP_FINDINGS = {
  CKV_AWS_158:
    "CloudWatch Logs encrypts all logs at rest with keys of its own; no payload, url, header or secret is in ours, which every story test proves.",
};

/** Of every queue. */
export const QUEUE_FINDINGS = {
  CKV_AWS_27:
    "Encrypted at rest by SQS itself (SSE-SQS): a KMS key would be a call for each batch, and the check knows only those.",
};
