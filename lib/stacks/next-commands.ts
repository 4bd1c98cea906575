import type { Dashboard } from "aws-cdk-lib/aws-cloudwatch";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { CfnCondition, CfnOutput, Fn, type Stack, Token } from "aws-cdk-lib/core";
import type { Api } from "../parts/api.ts";
import type { Settings } from "../settings.ts";
import type { StateStack } from "./state-stack.ts";

interface Deployed {
  readonly state: StateStack;
  readonly api: Api;
  readonly dashboard: Dashboard;
  readonly topic: ITopic;
}

const CONSOLE = "aws.amazon.com";
const OTHER_CONSOLES = { "aws-cn": "amazonaws.cn", "aws-us-gov": "amazonaws-us-gov.com" };

/** The domain of AWS's console, which is another in China and in GovCloud. */
function consoleDomain(scope: Stack): string {
  // Known if the stage sets its region. A condition that never changes would be a finding.
  if (!Token.isUnresolved(scope.partition))
    return Object.entries(OTHER_CONSOLES).find(([partition]) => partition === scope.partition)?.[1] ?? CONSOLE;
  const isPartition = (id: string, name: string) =>
    new CfnCondition(scope, id, { expression: Fn.conditionEquals(scope.partition, name) }).logicalId;
  const other = Fn.conditionIf(isPartition("IsGovCloud", "aws-us-gov"), OTHER_CONSOLES["aws-us-gov"], CONSOLE);
  return Fn.conditionIf(isPartition("IsChina", "aws-cn"), OTHER_CONSOLES["aws-cn"], other).toString();
}

/** Outputs with the next commands to type. Numbered, since CloudFormation lists outputs by name. */
export function addNextCommands(
  scope: Stack,
  { state, api, dashboard, topic }: Deployed,
  { stateRemoval, terminationProtection }: Settings,
): void {
  const { url } = api;
  const json = "-H 'content-type: application/json'";
  // With an operator key, which acts for any account. The account is created with its first endpoint.
  const curl = "curl -u KEY_ID:SECRET -H 'Rappel-Account: acme'";
  const commands = {
    "0Url": url,
    "1Health": `curl ${url}/health`,
    "2CreateKey": `npm run keys -- create --operator --table ${state.state.table.tableName} --region ${scope.region}`,
    "3RegisterEndpoint": `${curl} ${url}/v1/endpoints ${json} -d '{"url":"https://example.com/webhooks","eventTypes":["*"]}'`,
    "4SendEvent": `${curl} ${url}/v1/events ${json} -d '{"type":"hello","data":{"from":"rappel"}}'`,
    "5Look": `${curl} ${url}/v1/events`,
    "6Dashboard": `https://${scope.region}.console.${consoleDomain(scope)}/cloudwatch/home?region=${scope.region}#dashboards/dashboard/${dashboard.dashboardName}`,
    "7Alarms": `aws sns subscribe --topic-arn ${topic.topicArn} --protocol email --notification-endpoint YOU@EXAMPLE.COM --region ${scope.region}`,
    ...(stateRemoval === "retain" &&
      !terminationProtection && {
        "8Protect": `set "terminationProtection": true in the stage's settings, then deploy again: ${state.stackName} can then not be deleted by mistake`,
      }),
  };
  for (const [id, value] of Object.entries(commands)) new CfnOutput(scope, id, { value });
}
