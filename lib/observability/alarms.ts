import { Alarm, type AlarmProps, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { type ITopic, Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { answerFindings } from "../findings.ts";
import type { ServiceSettings } from "../service-settings.ts";
import { type AlarmText, alarmTexts } from "./alarm-texts.ts";
import type { Watched } from "./watched-resources.ts";

/**
 * Adds the alarms and the topic that they publish to, with an e-mail subscription if an address is set.
 * @param topic used instead of a new topic
 */
export function addAlarms(
  scope: Construct,
  watched: Watched,
  settings: ServiceSettings,
  topic: ITopic = alarmTopic(scope, settings.alarmEmail),
): { alarms: Alarm[]; topic: ITopic } {
  const action = new SnsAction(topic);
  const alarms = Object.entries(alarmTexts(watched, settings)).map(([id, text]) => {
    const alarm = new Alarm(scope, id, alarmProps(text));
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  });
  return { alarms, topic };
}

function alarmProps({ metric, from, periods = 1, isSilenceBad, impact, firstStep }: AlarmText): AlarmProps {
  return {
    metric,
    threshold: from,
    evaluationPeriods: periods,
    alarmDescription: `Impact: ${impact} First step: ${firstStep}`,
    ...(isSilenceBad === true
      ? {
          comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
          treatMissingData: TreatMissingData.BREACHING,
        }
      : // An idle service sends no metrics; that is no alarm.
        { treatMissingData: TreatMissingData.NOT_BREACHING }),
  };
}

function alarmTopic(scope: Construct, email: string | undefined): Topic {
  const topic = new Topic(scope, "Alarms", { displayName: "Rappel alarms", enforceSSL: true });
  answerFindings(topic, {
    CKV_AWS_26:
      "Alarms cannot publish to a topic encrypted with the AWS managed key, and a customer key would protect nothing: the texts are in the template.",
  });
  // enforceSSL adds a topic policy, which replaces the default one that lets the account's alarms publish.
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: "AlarmsOfThisAccount",
      principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
      actions: ["sns:Publish"],
      resources: [topic.topicArn],
      conditions: { StringEquals: { "aws:SourceAccount": Stack.of(scope).account } },
    }),
  );
  if (email !== undefined) topic.addSubscription(new EmailSubscription(email));
  return topic;
}
