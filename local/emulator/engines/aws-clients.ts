import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";

/** The region and account of all local resources. Ours: the engines accept any. */
export const LOCAL = { region: "us-east-1", account: "000000000000" } as const;

/** Where the engines listen. */
export interface EngineUrls {
  readonly dynamodb: string;
  readonly sqs: string;
  readonly scheduler?: string;
  readonly kms?: string;
}

/** All engines at one address. */
export function allAt(url: string): Required<EngineUrls> {
  return { dynamodb: url, sqs: url, scheduler: url, kms: url };
}

/** The default access key. The engines do not check signatures. */
const ACCESS_KEY = "local";

/**
 * The environment variables that make the AWS SDK use the engines only, not the user's AWS profile.
 * @param accessKeyId identifies the caller for the usage meter
 */
export function sdkEnvironment(urls: EngineUrls, accessKeyId = ACCESS_KEY): Record<string, string> {
  return {
    AWS_REGION: LOCAL.region,
    AWS_DEFAULT_REGION: LOCAL.region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_ENDPOINT_URL_DYNAMODB: urls.dynamodb,
    AWS_ENDPOINT_URL_SQS: urls.sqs,
    ...(urls.scheduler !== undefined && { AWS_ENDPOINT_URL_SCHEDULER: urls.scheduler }),
    ...(urls.kms !== undefined && { AWS_ENDPOINT_URL_KMS: urls.kms }),
  };
}

const credentials = { accessKeyId: ACCESS_KEY, secretAccessKey: "local" };

/** A client of the local DynamoDB engine. */
export function dynamodbClient(urls: EngineUrls): DynamoDBClient {
  return new DynamoDBClient({ region: LOCAL.region, endpoint: urls.dynamodb, credentials });
}

/** A client of the local SQS engine, with enough sockets for deletes during the long poll of each event source. */
export function sqsClient(urls: EngineUrls, accessKeyId = ACCESS_KEY): SQSClient {
  return new SQSClient({
    region: LOCAL.region,
    endpoint: urls.sqs,
    credentials: { ...credentials, accessKeyId },
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 128 } },
  });
}

/** A client of the local KMS engine. */
export function kmsClient({ kms = "" }: EngineUrls): KMSClient {
  return new KMSClient({ region: LOCAL.region, endpoint: kms, credentials });
}

/** A client of the local Scheduler engine. */
export function schedulerClient({ scheduler = "" }: EngineUrls): SchedulerClient {
  return new SchedulerClient({ region: LOCAL.region, endpoint: scheduler, credentials });
}
