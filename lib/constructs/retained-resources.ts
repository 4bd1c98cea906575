import { CfnDeletionPolicy, CfnOutput, CfnResource, type Stack } from "aws-cdk-lib/core";

/**
 * Says in an output what stays in the account when the stack is deleted: `cdk destroy` itself tells nothing of it. Read it
 * before, with `aws cloudformation describe-stacks`. Call it when the stack is whole.
 */
export function tellWhatStays(stack: Stack): void {
  const kept = stack.node
    .findAll()
    .filter((construct) => CfnResource.isCfnResource(construct))
    .filter(({ cfnOptions }) => cfnOptions.deletionPolicy === CfnDeletionPolicy.RETAIN)
    .map((resource) => `${resource.cfnResourceType.replace("AWS::", "")} ${resource.ref}`);
  new CfnOutput(stack, "Kept", {
    description: "What stays in the account after cdk destroy, until you delete it",
    value: kept.length === 0 ? "nothing" : kept.join(", "),
  });
}
