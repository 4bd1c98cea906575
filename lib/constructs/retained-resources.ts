import { CfnDeletionPolicy, CfnOutput, CfnResource, type Stack } from "aws-cdk-lib/core";

/**
 * Adds an output that lists what stays in the account when the stack is deleted, which `cdk destroy` does not print. Read it
 * before, with `aws cloudformation describe-stacks`. To be called when the stack is complete.
 */
export function outputRetainedResources(stack: Stack): void {
  const kept = stack.node
    .findAll()
    .filter((construct) => CfnResource.isCfnResource(construct))
    .filter(({ cfnOptions }) => cfnOptions.deletionPolicy === CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE)
    .map((resource) => `${resource.cfnResourceType.replace("AWS::", "")} ${resource.ref}`);
  new CfnOutput(stack, "Kept", {
    description: "Resources that stay in the account after cdk destroy, until you delete them",
    value: kept.length === 0 ? "nothing" : kept.join(", "),
  });
}
