import { Effect, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  ApplicationLogLevel,
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Duration } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { answerFindings, LOG_GROUP_FINDINGS } from "../findings.ts";
import { metricNamespace } from "../observability/metrics.ts";
import type { Settings } from "../settings.ts";
import type { FunctionName } from "./function-names.ts";
import { removalPolicy } from "./removal.ts";

export interface RappelFunctionProps {
  readonly settings: Settings;
  readonly code: Code;
  /** The function's name in logs, in metrics' dimensions of our own, and in the settings. */
  readonly service: FunctionName;
  readonly description: string;
  readonly timeoutSeconds: number;
  /** MB, where the stage does not say. Lambda gives CPU in proportion: a whole core at 1,769 MB. */
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Whether it may feed its own queue, which Lambda would else take for a loop and stop after 16 rounds. */
  readonly feedsItself?: boolean;
  /** Whether it is run every minute: Lambda then tries no run again, for the next minute does. */
  readonly runsEveryMinute?: boolean;
}

/** A function as this house has them: Node 24 on arm64, a role with only what it was given, logs that end. */
export class RappelFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly #role: Role;

  constructor(scope: Construct, id: string, props: RappelFunctionProps) {
    super(scope, id);
    const reserved = props.settings.reservedConcurrency[props.service];
    // No name of its own: a log group that was retained must not stand in the way of the next deployment.
    this.logGroup = new LogGroup(this, "Logs", {
      retention: props.settings.logRetentionDays,
      removalPolicy: removalPolicy(props.settings),
    });
    answerFindings(this.logGroup, LOG_GROUP_FINDINGS);
    // Our own role, for the CDK's default one carries AWSLambdaBasicExecutionRole: writing to every log group.
    this.#role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      description: `What the ${props.service} function may do`,
    });
    this.allow(["logs:CreateLogStream", "logs:PutLogEvents"], this.logGroup.logGroupArn);
    this.lambda = new LambdaFunction(this, "Function", {
      description: props.description,
      code: props.code,
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      // 20 % cheaper per GB-second than x86_64, and no package here is native.
      architecture: Architecture.ARM_64,
      timeout: Duration.seconds(props.timeoutSeconds),
      memorySize: props.settings.memoryMb[props.service] ?? props.memoryMb,
      ...(reserved !== undefined && { reservedConcurrentExecutions: reserved }),
      role: this.#role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      // START, END and REPORT of each invocation would cost more than our own line; timeouts and crashes are above INFO.
      systemLogLevelV2: SystemLogLevel.WARN,
      ...(props.feedsItself === true && { recursiveLoop: RecursiveLoop.ALLOW }),
      // What the Scheduler invokes waits in a queue of Lambda's: by default two retries, and six hours where it is throttled.
      ...(props.runsEveryMinute === true && { retryAttempts: 0, maxEventAge: Duration.seconds(60) }),
      environment: {
        POWERTOOLS_SERVICE_NAME: props.service,
        POWERTOOLS_METRICS_NAMESPACE: metricNamespace(props.settings),
        POWERTOOLS_LOG_LEVEL: "INFO",
        ...props.environment,
      },
    });
    answerFindings(this.lambda, {
      CKV_AWS_115:
        "What deliveries may take is bounded by their event sources; reserving is the setting reservedConcurrency, off by default, for it takes from all other functions of the account.",
      CKV_AWS_116:
        "Never invoked with nobody waiting: API Gateway waits, queues have dead-letter queues of their own, and what runs every minute is run again a minute later.",
      CKV_AWS_117: "No VPC, on purpose: a receiver's address could then name a neighbour inside it.",
      CKV_AWS_173: "Names and addresses of queues, table and roles, and no secret; Lambda encrypts them at rest.",
      W3005: "The CDK's own: it names the role once more, for policies that nothing refers to.",
    });
  }

  /** Lets this function, and nobody else, do exactly these actions on exactly this resource. */
  allow(actions: string[], resourceArn: string, conditions: Record<string, Record<string, string>> = {}): void {
    this.#role.addToPolicy(
      new PolicyStatement({ effect: Effect.ALLOW, actions, resources: [resourceArn], conditions }),
    );
  }
}
