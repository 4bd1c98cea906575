import type { APIGatewayProxyEventV2, SQSEvent } from "aws-lambda";

/**
 * An HTTP API's event, payload format 2.0. Source: API Gateway developer guide, "Create AWS Lambda proxy integrations for
 * HTTP APIs", the example of format 2.0, without its authorizer and client certificate, which this API does not have.
 */
export const HTTP_EVENT: APIGatewayProxyEventV2 = {
  version: "2.0",
  routeKey: "$default",
  rawPath: "/my/path",
  rawQueryString: "parameter1=value1&parameter1=value2&parameter2=value",
  cookies: ["cookie1", "cookie2"],
  headers: { header1: "value1", header2: "value1,value2" },
  queryStringParameters: { parameter1: "value1,value2", parameter2: "value" },
  requestContext: {
    accountId: "123456789012",
    apiId: "api-id",
    domainName: "id.execute-api.us-east-1.amazonaws.com",
    domainPrefix: "id",
    http: { method: "POST", path: "/my/path", protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "agent" },
    requestId: "id",
    routeKey: "$default",
    stage: "$default",
    time: "12/Mar/2020:19:03:58 +0000",
    timeEpoch: 1583348638390,
  },
  body: "Hello from Lambda",
  pathParameters: { parameter1: "value1" },
  isBase64Encoded: false,
  stageVariables: { stageVariable1: "value1", stageVariable2: "value2" },
};

/** The same event for another request. */
export function httpEvent(
  method: string,
  path: string,
  { routeKey = "$default", key, body }: { routeKey?: string; key?: string; body?: unknown } = {},
): APIGatewayProxyEventV2 {
  const {
    body: _,
    cookies: _c,
    pathParameters: _p,
    queryStringParameters: _q,
    stageVariables: _s,
    ...event
  } = HTTP_EVENT;
  const { requestContext } = event;
  return {
    ...event,
    routeKey,
    rawPath: path,
    rawQueryString: "",
    headers: {
      host: requestContext.domainName,
      ...(key !== undefined && { authorization: `Basic ${Buffer.from(key).toString("base64")}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    requestContext: { ...requestContext, routeKey, http: { ...requestContext.http, method, path } },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}

/**
 * A standard queue's event, by default with the example's message. Source: Lambda developer guide, "Using Lambda with Amazon
 * SQS", example event.
 */
export function sqsEvent(body = "Test message."): SQSEvent {
  return {
    Records: [
      {
        messageId: "059f36b4-87a3-44ab-83d2-661975830a7d",
        receiptHandle: "…",
        body,
        attributes: {
          ApproximateReceiveCount: "1",
          SentTimestamp: "1545082649183",
          SenderId: "AIDA…",
          ApproximateFirstReceiveTimestamp: "1545082649185",
        },
        messageAttributes: {},
        md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
        eventSource: "aws:sqs",
        eventSourceARN: "arn:aws:sqs:us-east-2:123456789012:my-queue",
        awsRegion: "us-east-2",
      },
    ],
  };
}

/** A schedule's event without an input of its own. Source: EventBridge Scheduler user guide, "Lambda function as a target". */
export const SCHEDULER_EVENT = {
  version: "0",
  id: "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
  "detail-type": "Scheduled Event",
  source: "aws.scheduler",
  account: "123456789012",
  time: "2015-10-08T16:53:06Z",
  region: "us-east-1",
  resources: ["arn:aws:scheduler:us-east-1:123456789012:schedule/default/my-schedule"],
  detail: "{}",
};
