import { type DomainName, HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Fn, Stack, Validations } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { STATUS_INDEX } from "../../lambdas/adapters/dynamodb/table/table.ts";
import { ROUTES } from "../../lambdas/http/routes.ts";
import { type ApiDomain, accessLogFormat, limitRoutes, nameApi } from "../constructs/http-stage.ts";
import { RappelFunction } from "../constructs/rappel-function.ts";
import { removalPolicy } from "../constructs/removal.ts";
import { answerFindings, LOG_GROUP_FINDINGS } from "../findings.ts";
import type { FunctionPartProps } from "./part-props.ts";
import type { State } from "./state.ts";

/**
 * One second less than API Gateway's integration timeout for HTTP APIs (30 s, a hard limit), so that a function that hangs
 * is ended and logged while its caller still waits. `lambdas/endpoints/send-test-event.ts` shortens the timeout of a test
 * to fit.
 */
const HTTP_FUNCTION_SECONDS = 29;

export interface ApiProps extends FunctionPartProps {
  readonly state: State;
  /** A custom domain. Default: the host name that AWS gives. */
  readonly domain?: ApiDomain;
}

/**
 * Under `/aws/vendedlogs/`, so that API Gateway adds no log group of its own to the account's resource policy of CloudWatch
 * Logs, which is full at 5,120 characters: it would then refuse the deployment. With the stack's unique id, so that a log
 * group that was kept does not block the next deployment. Source: CloudWatch Logs, "Enabling logging from AWS services".
 */
function accessLogName(name: string, { stackId }: Stack): string {
  return `/aws/vendedlogs/apis/${name}/${Fn.select(2, Fn.split("/", stackId))}`;
}

/** The HTTP API and the functions behind it. */
export class Api extends Construct {
  readonly accept: RappelFunction;
  /** The console's static files. It has no permission. */
  readonly console: RappelFunction;
  readonly api: RappelFunction;
  readonly httpApi: HttpApi;
  readonly stage: HttpStage;
  readonly accessLogs: LogGroup;
  /** The API's base URL. */
  readonly url: string;
  /** The custom domain, if there is one. */
  readonly domainName: DomainName | undefined;

  constructor(scope: Construct, id: string, { settings, name, code, metricNamespace, state, domain }: ApiProps) {
    super(scope, id);
    const shared = { settings, metricNamespace };
    const { table, eventsQueue, wakeUps } = state;

    const tables = { TABLE_NAME: table.tableName, SHARDS: String(settings.shards) };
    const rates = settings.eventsPerSecond && { EVENTS_PER_SECOND: String(settings.eventsPerSecond) };
    const { consoleFrameAncestors } = settings;
    const embedding = { CONSOLE_FRAME_ANCESTORS: consoleFrameAncestors.join(" ") || "'none'" };
    this.accept = new RappelFunction(this, "Accept", {
      ...shared,
      code: code.of("accept"),
      service: "accept",
      description: "Accepts events and answers once SQS has them",
      timeoutSeconds: HTTP_FUNCTION_SECONDS,
      // Scanning 1 MiB and a cold start are CPU-bound: below 512 MB (0.29 of a core) they would cost the same and take longer.
      memoryMb: 512,
      environment: { ...tables, EVENTS_QUEUE_URL: eventsQueue.queueUrl, ...rates },
    });
    // The last three are only for Idempotency-Key and eventId.
    this.accept.allow(
      ["GetItem", "BatchGetItem", "PutItem", "UpdateItem"].map((action) => `dynamodb:${action}`),
      table.tableArn,
    );
    this.accept.allow(["sqs:SendMessage"], eventsQueue.queueArn);

    this.api = new RappelFunction(this, "Api", {
      ...shared,
      code: code.of("api"),
      service: "api",
      description: "Endpoints, events, deliveries, test webhooks, health",
      timeoutSeconds: HTTP_FUNCTION_SECONDS,
      // People call it rarely, so it mostly starts cold, and its bundle is the largest: more CPU means less waiting.
      memoryMb: 1024,
      environment: {
        ...tables,
        EVENTS_QUEUE_URL: eventsQueue.queueUrl,
        ...wakeUps.environment(settings),
        EVENTS_DEAD_LETTERS_URL: state.eventsDeadLetters.queueUrl,
        WAKES_DEAD_LETTERS_URL: wakeUps.deadLetters.queueUrl,
        OPERATOR_ACCOUNT: settings.operatorAccount,
        SEALING_KEY_ARN: state.sealingKey.keyArn,
        RETRY_SCHEDULE: settings.retrySchedule,
        ...rates,
        HTTPS_ONLY: String(settings.httpsOnly),
        ALLOW_LOOPBACK: String(settings.allowLoopback),
        ...embedding,
      },
    });
    this.api.allow(
      [
        "dynamodb:BatchGetItem",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ],
      table.tableArn,
    );
    this.api.allow(["dynamodb:Query"], `${table.tableArn}/index/${STATUS_INDEX.name}`);
    // Resent events go through the events queue.
    this.api.allow(["sqs:GetQueueAttributes", "sqs:SendMessage"], eventsQueue.queueArn);
    for (const { queueArn } of [state.eventsDeadLetters, wakeUps.queue, wakeUps.deadLetters])
      this.api.allow(["sqs:GetQueueAttributes"], queueArn); // their lengths
    wakeUps.allowScheduling(this.api);
    state.allowUnsealing(this.api, ["kms:GenerateDataKey"]); // registering the first endpoint creates the data key

    this.console = new RappelFunction(this, "Console", {
      ...shared,
      code: code.of("console"),
      service: "console",
      description: "Serves the console's static files",
      timeoutSeconds: 29,
      memoryMb: 256, // the files are read into memory once
      environment: embedding,
    });

    // All other routes go to api, which also answers 404 and 405 as problem documents. So do all spellings of paths under
    // /v3: API Gateway's routes are case-sensitive and match no doubled slash, and $default passes the path on as it came.
    this.httpApi = new HttpApi(this, "HttpApi", {
      apiName: name,
      createDefaultStage: false,
      defaultIntegration: new HttpLambdaIntegration("ToApi", this.api.lambda),
    });
    const toAccept = new HttpLambdaIntegration("ToAccept", this.accept.lambda);
    const ownRates = settings.throttling.routes;
    const routes = ROUTES.flatMap(({ function: answering, method, path }) => {
      // API Gateway can only throttle routes that are defined.
      if (answering !== "accept" && ownRates[`${method} ${path}`] === undefined) return [];
      const integration = answering === "accept" ? toAccept : new HttpLambdaIntegration("ToApi", this.api.lambda);
      return this.httpApi.addRoutes({ path, methods: [HttpMethod[method]], integration });
    });
    const toConsole = new HttpLambdaIntegration("ToConsole", this.console.lambda);
    for (const path of ["/console", "/console/{path+}"])
      this.httpApi.addRoutes({ path, methods: [HttpMethod.GET], integration: toConsole });
    Validations.of(this.httpApi).acknowledge({
      id: "AwsSolutions-APIG4",
      reason:
        "Both functions check an API key and its scopes on every route except /, /health and /v1/openapi.json. A Lambda authorizer would be a second invocation per request.",
    });

    this.accessLogs = new LogGroup(this, "AccessLogs", {
      logGroupName: accessLogName(name, Stack.of(this)),
      retention: settings.logRetentionDays,
      removalPolicy: removalPolicy(settings),
    });
    answerFindings(this.accessLogs, LOG_GROUP_FINDINGS);
    this.stage = new HttpStage(this, "Stage", {
      httpApi: this.httpApi,
      autoDeploy: true,
      throttle: { rateLimit: settings.throttling.rate, burstLimit: settings.throttling.burst },
      accessLogSettings: { destination: new LogGroupLogDestination(this.accessLogs), format: accessLogFormat() },
    });
    this.domainName = domain === undefined ? undefined : nameApi(this, this.stage, domain);
    limitRoutes(this.stage, ownRates, routes);
    this.url = domain === undefined ? this.httpApi.apiEndpoint : `https://${domain.name}`;
  }
}
