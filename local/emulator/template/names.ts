import { LOCAL } from "../engines/aws-clients.ts";
import type { Attributes, Resource } from "./template.ts";

const PHYSICAL_NAME: Record<string, string> = {
  "AWS::DynamoDB::Table": "TableName",
  "AWS::DynamoDB::GlobalTable": "TableName",
  "AWS::SQS::Queue": "QueueName",
  "AWS::Lambda::Function": "FunctionName",
  "AWS::Scheduler::ScheduleGroup": "Name",
};

/** The name a resource has here: its own, or one made of stack and logical id, which stays the same across restarts. */
export function nameOf({ stack, id, type, properties }: Resource): string {
  const own = properties[PHYSICAL_NAME[type] ?? ""];
  return typeof own === "string" ? own : `${stack}-${id}`;
}

/** The ARN a resource has here. */
export function arnOf(resource: Resource): string {
  const name = nameOf(resource);
  const arn = (service: string, path: string) => `arn:aws:${service}:${LOCAL.region}:${LOCAL.account}:${path}`;
  if (resource.type === "AWS::SQS::Queue") return arn("sqs", name);
  if (resource.type === "AWS::Lambda::Function") return arn("lambda", `function:${name}`);
  // The Scheduler takes no other kind of ARN for the role that it calls its targets in.
  if (resource.type === "AWS::IAM::Role") return `arn:aws:iam::${LOCAL.account}:role/${name}`;
  if (resource.type === "AWS::KMS::Key") return arn("kms", `key/${name}`);
  if (resource.type.startsWith("AWS::DynamoDB::")) return arn("dynamodb", `table/${name}`);
  return arn("local", `${resource.stack}/${resource.id}`);
}

/**
 * What `Ref` and `Fn::GetAtt` give for the resources that exist here. Everything else names itself.
 * @param sqsUrl where the SQS engine listens: it takes a queue's url by its path, whatever the host
 * @param apiUrl where the gateway listens
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
