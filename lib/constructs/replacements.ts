import { createHash } from "node:crypto";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { CfnResource, Fn, type Stack, Tags } from "aws-cdk-lib/core";

/** Kinds of resources whose names are in alarms and dashboards. */
const WATCHED = [
  "AWS::ApiGatewayV2::Api",
  "AWS::DynamoDB::GlobalTable",
  "AWS::Lambda::Function",
  "AWS::Logs::LogGroup",
  "AWS::SQS::Queue",
];
/** Properties that change often and never replace a resource. */
const HARMLESS = ["Code", "Environment", "Tags"];
const HASH_CHARS = 12; // ours: enough to notice a change

/**
 * Publishes a stack's id, which is another after each creation of the stack. Another stack can be updated when it changes,
 * although its own template is the same.
 */
export function publishStackId(stack: Stack): StringParameter {
  return new StringParameter(stack, "StackId", {
    parameterName: parameterNameOf(stack),
    description: "Changes if the stack is deleted and created again, so that its alarms and dashboards are updated",
    stringValue: stack.stackId,
  });
}

/**
 * Updates a stack's alarms and dashboards after resources of other stacks were replaced. They get the names by weak
 * references, which CloudFormation resolves only when it updates the resource that has them. So each has a tag that changes
 * when a watched resource may have another name: with its definition, and with the creation of its stack.
 * @param watched the stacks with the resources; they must have published their ids
 */
export function updateOnReplacement(stack: Stack, watched: readonly Stack[]): void {
  const hash = createHash("sha256")
    .update(JSON.stringify(watched.map(definitionsOf)))
    .digest("hex");
  const ids = watched.map((each) => {
    const id = StringParameter.valueForStringParameter(stack, parameterNameOf(each));
    return Fn.select(2, Fn.split("/", id)); // arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID
  });
  Tags.of(stack).add("rappel:watches", Fn.join(" ", [hash.slice(0, HASH_CHARS), ...ids]), {
    includeResourceTypes: ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"],
  });
}

function parameterNameOf({ stackName }: Stack): string {
  return `/${stackName}/stack-id`;
}

/** The watched resources of a stack as in its template, without what never replaces them. */
function definitionsOf(stack: Stack): unknown[] {
  return stack.node
    .findAll()
    .filter((construct) => CfnResource.isCfnResource(construct))
    .filter(({ cfnResourceType }) => WATCHED.includes(cfnResourceType))
    .map((resource) => {
      const properties = Object.entries(Object(stack.resolve(Reflect.get(resource, "cfnProperties"))));
      const kept = properties.filter(
        ([name]) => !HARMLESS.some((harmless) => harmless.toLowerCase() === name.toLowerCase()),
      );
      return [resource.cfnResourceType, stack.resolve(resource.logicalId), Object.fromEntries(kept)];
    });
}
