import { Alarm, type AlarmProps, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { answerFindings } from "../findings.ts";
import type { Settings } from "../settings.ts";
import { type AlarmText, alarmTexts } from "./alarm-texts.ts";
import type { Watched } from "./watched-resources.ts";

/** The alarms, and the topic that they all write to: by e-mail where an address is given, else to whoever subscribes. */
export function addAlarms(scope: Construct, watched: Watched, settings: Settings): { alarms: Alarm[]; topic: Topic } {
  const topic = alarmTopic(scope, settings.alarmEmail);
  const told = new SnsAction(topic);
  const alarms = Object.entries(alarmTexts(watched, settings)).map(([id, text]) => {
    const alarm = new Alarm(scope, id, alarmProps(text));
    alarm.addAlarmAction(told);
    alarm.addOkAction(told);
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
      : // An idle service sends no metrics, and is well.
        { treatMissingData: TreatMissingData.NOT_BREACHING }),
  };
}

function alarmTopic(scope: Construct, email: string | undefined): Topic {
  const topic = new Topic(scope, "Alarms", { displayName: "Rappel alarms", enforceSSL: true });
  answerFindings(topic, {
    CKV_AWS_26:
      "Alarms cannot publish to a topic that is encrypted with AWS's own key, and a key of our own would guard nothing: the texts are those of the template.",
  });
  // A policy of one's own, as enforceSSL makes one, replaces the default that lets the account's alarms publish.
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
