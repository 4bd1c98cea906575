import {
  type Dashboard,
  GraphWidget,
  type IMetric,
  type MetricOptions,
  Stats,
  TextWidget,
  TextWidgetBackground,
} from "aws-cdk-lib/aws-cloudwatch";
import { Duration, Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";

const MINUTE = Duration.minutes(1);

/** Statistics per minute. */
export const SUM: MetricOptions = { period: MINUTE, statistic: Stats.SUM };
export const MAXIMUM: MetricOptions = { period: MINUTE, statistic: Stats.MAXIMUM };
export const MEDIAN: MetricOptions = { period: MINUTE, statistic: Stats.p(50) };
export const P99: MetricOptions = { period: MINUTE, statistic: Stats.p(99) };

/**
 * A dashboard's name. With the region, since dashboards are global in an account: another region's deployment of the same
 * name would replace them. Source: CloudWatch, "Dashboards are not Region-specific".
 */
export function dashboardName(scope: Construct, name: string, part?: string): string {
  return [name, part, Stack.of(scope).region].filter((each) => each !== undefined).join("-");
}

const THIRD = 8; // of a dashboard's 24 columns
const HEIGHT = 6;

/**
 * A graph whose title says what is normal, for readers who are new to the system.
 * @param from a horizontal line at the value where it is no longer normal
 */
export function graph(title: string, good: string, left: IMetric[], from?: number): GraphWidget {
  return new GraphWidget({
    title: `${title} (good: ${good})`,
    left,
    leftYAxis: { min: 0, showUnits: false },
    ...(from === undefined ? {} : { leftAnnotations: [{ value: from, label: "too high" }] }),
    width: THIRD,
    height: HEIGHT,
  });
}

/** A line of text over a row of graphs. */
export function addRow(dashboard: Dashboard, heading: string, ...graphs: Parameters<Dashboard["addWidgets"]>): void {
  dashboard.addWidgets(text(`## ${heading}`, 1));
  dashboard.addWidgets(...graphs);
}

export function text(markdown: string, height: number): TextWidget {
  return new TextWidget({ width: 24, height, background: TextWidgetBackground.TRANSPARENT, markdown });
}
