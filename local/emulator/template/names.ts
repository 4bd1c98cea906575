import { LOCAL } from "../engines/aws-clients.ts";
import type { Attributes, Resource } from "./template.ts";

const PHYSICAL_NAME: Record<string, string> = {
  "AWS::DynamoDB::Table": "TableName",
  "AWS::DynamoDB::GlobalTable": "TableName",
  "AWS::SQS::Queue": "QueueName",
  "AWS::Lambda::Function": "FunctionName",
  "AWS::Scheduler::ScheduleGroup": "Name",
};

/** A resource's name here: from its template, or stack and logical id, which stay the same across restarts. */
export function nameOf({ stack, id, type, properties }: Resource): string {
  const physicalName = properties[PHYSICAL_NAME[type] ?? ""];
  return typeof physicalName === "string" ? physicalName : `${stack}-${id}`;
}

/** A resource's ARN here. */
export function arnOf(resource: Resource): string {
  const name = nameOf(resource);
  const arn = (service: string, path: string) => `arn:aws:${service}:${LOCAL.region}:${LOCAL.account}:${path}`;
  if (resource.type === "AWS::SQS::Queue") return arn("sqs", name);
  if (resource.type === "AWS::Lambda::Function") return arn("lambda", `function:${name}`);
  // The Scheduler accepts only a role ARN of this form for its targets.
  if (resource.type === "AWS::IAM::Role") return `arn:aws:iam::${LOCAL.account}:role/${name}`;
  if (resource.type === "AWS::KMS::Key") return arn("kms", `key/${name}`);
  if (resource.type.startsWith("AWS::DynamoDB::")) return arn("dynamodb", `table/${name}`);
  return arn("local", `${resource.stack}/${resource.id}`);
}

/**
 * The values of `Ref` and `Fn::GetAtt` for the resources that exist here. All other resources resolve to their names.
 * @param sqsUrl the URL of the SQS engine, which uses only the path of a queue's URL
 * @param apiUrl the URL of the gateway
 */
export function localAttributes(sqsUrl: string, apiUrl: string): Attributes {
  return (resource, attribute) => {
    if (attribute === "Arn") return arnOf(resource);
    if (resource.type === "AWS::SQS::Queue") {
      return attribute === "QueueName" ? nameOf(resource) : `${sqsUrl}/${LOCAL.account}/${nameOf(resource)}`;
    }
    if (resource.type === "AWS::ApiGatewayV2::Api" && attribute === "ApiEndpoint") return apiUrl;
    return attribute === undefined ? nameOf(resource) : undefined;
  };
}
