/** The units that AWS bills. */
export const UNITS = [
  "httpRequests",
  "lambdaRequests",
  "gbSeconds",
  "sqsRequests",
  "writeUnits",
  "readUnits",
  "schedulerInvocations",
  "kmsRequests",
  "logBytes",
] as const;
export type Unit = (typeof UNITS)[number];

/** One price from AWS's price list. */
export interface Price {
  readonly service: string;
  /** The billed unit, as it is displayed. */
  readonly counted: string;
  /** Dollars for `per` units. */
  readonly dollars: number;
  readonly per: number;
  /** The page with the price. */
  readonly source: string;
}

const MILLION = 1_000_000;
const GIB = 1_073_741_824;

/** When these prices were valid. */
export const PRICED_AT = "2026-11";
export const PRICED_IN = "us-east-1";

/** List prices of US East (N. Virginia), first tier, without the free tier. */
export const PRICES: Readonly<Record<Unit, Price>> = {
  httpRequests: {
    service: "API Gateway",
    counted: "HTTP API requests, each started 512 KB",
    dollars: 1,
    per: MILLION,
    source: "https://aws.amazon.com/api-gateway/pricing/",
  },
  lambdaRequests: {
    service: "Lambda",
    counted: "invocations",
    dollars: 0.2,
    per: MILLION,
    source: "https://aws.amazon.com/lambda/pricing/",
  },
  gbSeconds: {
    service: "Lambda",
    counted: "GB-seconds on arm64",
    dollars: 0.0000133334,
    per: 1,
    source: "https://aws.amazon.com/lambda/pricing/",
  },
  sqsRequests: {
    service: "SQS",
    counted: "requests to standard queues, each started 64 KiB",
    dollars: 0.4,
    per: MILLION,
    source: "https://aws.amazon.com/sqs/pricing/",
  },
  writeUnits: {
    service: "DynamoDB",
    counted: "on-demand write units",
    dollars: 0.625,
    per: MILLION,
    source: "https://aws.amazon.com/dynamodb/pricing/on-demand/",
  },
  readUnits: {
    service: "DynamoDB",
    counted: "on-demand read units",
    dollars: 0.125,
    per: MILLION,
    source: "https://aws.amazon.com/dynamodb/pricing/on-demand/",
  },
  schedulerInvocations: {
    service: "Scheduler",
    counted: "invocations",
    dollars: 1,
    per: MILLION,
    source: "https://aws.amazon.com/eventbridge/pricing/",
  },
  kmsRequests: {
    service: "KMS",
    counted: "requests",
    dollars: 0.03,
    per: 10_000,
    source: "https://aws.amazon.com/kms/pricing/",
  },
  logBytes: {
    service: "Logs",
    counted: "bytes ingested by CloudWatch Logs",
    dollars: 0.5,
    per: GIB,
    source: "https://aws.amazon.com/cloudwatch/pricing/",
  },
};

/** Prices per stored or sent byte instead of per call. Same list, same date. */
export const BYTE_PRICES = {
  storedGbMonths: {
    service: "DynamoDB",
    counted: "GB stored for a month",
    dollars: 0.25,
    per: 1,
    source: "https://aws.amazon.com/dynamodb/pricing/on-demand/",
  },
  recoverableGbMonths: {
    service: "DynamoDB",
    counted: "GB with point-in-time recovery for a month",
    dollars: 0.2,
    per: 1,
    source: "https://aws.amazon.com/dynamodb/pricing/on-demand/",
  },
  sentGb: {
    service: "Data transfer",
    counted: "GB sent out to the internet",
    dollars: 0.09,
    per: 1,
    source: "https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer",
  },
} as const satisfies Readonly<Record<string, Price>>;
