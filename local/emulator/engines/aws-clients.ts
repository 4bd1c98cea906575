import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";

/** The region and account that everything local lives in. Ours: the engines accept any. */
export const LOCAL = { region: "us-east-1", account: "000000000000" } as const;

/** Where the engines listen. */
export interface EngineUrls {
  readonly dynamodb: string;
  readonly sqs: string;
  readonly scheduler?: string;
  readonly kms?: string;
}

/** All of them behind one address. */
export function allAt(url: string): Required<EngineUrls> {
  return { dynamodb: url, sqs: url, scheduler: url, kms: url };
}

/** The access key of whoever needs none of its own. The engines check no signatures. */
const ACCESS_KEY = "local";

/**
 * What makes the unchanged AWS SDK talk to the engines, and to nothing else: a person's own AWS profile must not leak in.
 * @param accessKeyId what a meter on the way knows the caller by
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

/** A client of the local table. */
export function dynamodbClient(urls: EngineUrls): DynamoDBClient {
  return new DynamoDBClient({ region: LOCAL.region, endpoint: urls.dynamodb, credentials });
}

/** A client of the local queues: sockets enough for a long poll per event source beside the deletes. */
export function sqsClient(urls: EngineUrls, accessKeyId = ACCESS_KEY): SQSClient {
  return new SQSClient({
    region: LOCAL.region,
    endpoint: urls.sqs,
    credentials: { ...credentials, accessKeyId },
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 128 } },
  });
}

/** A client of the local keys. */
export function kmsClient({ kms = "" }: EngineUrls): KMSClient {
  return new KMSClient({ region: LOCAL.region, endpoint: kms, credentials });
}

/** A client of the local schedules. */
export function schedulerClient({ scheduler = "" }: EngineUrls): SchedulerClient {
  return new SchedulerClient({ region: LOCAL.region, endpoint: scheduler, credentials });
}
