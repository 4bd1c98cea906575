import * as z from "zod";
import type { Template } from "../../local/emulator/template/assembly.ts";

/** A string of a template, with a dash for each value that CloudFormation fills in. */
const Text = z.union([
  z.string(),
  z
    .object({ "Fn::Join": z.tuple([z.literal(""), z.array(z.unknown())]) })
    .transform(({ "Fn::Join": [, parts] }) => parts.map((part) => (typeof part === "string" ? part : "-")).join("")),
  z.unknown().transform(() => "-"),
]);
const Dimensions = z.array(z.object({ Name: z.string(), Value: Text })).default([]);
const Plain = z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions });
const Alarm = z.union([
  Plain.transform((metric) => [metric]),
  z
    .object({ Metrics: z.array(z.object({ MetricStat: z.object({ Metric: Plain }).optional() })) })
    .transform(({ Metrics }) => Metrics.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []))),
]);
const Dashboard = z.object({ DashboardBody: Text });
const Widgets = z.object({
  widgets: z.array(z.object({ properties: z.object({ metrics: z.array(z.array(z.unknown())).optional() }) })),
});

/** A metric as one text: namespace, name, dimensions. */
export function nameOf(namespace: string, name: string, dimensions: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(dimensions).map(([key, value]) => `${key}=${value}`);
  return [namespace, name, ...pairs.sort()].join(" ");
}

/** The metrics that a template's alarms and dashboards use, each once, by name. */
export function watchedMetrics({ Resources }: Template): { alarms: Set<string>; widgets: Set<string> } {
  const ofType = (type: string) => Object.values(Resources).filter(({ Type }) => Type === type);
  const alarms = ofType("AWS::CloudWatch::Alarm").flatMap(({ Properties }) =>
    Alarm.parse(Properties).map(({ Namespace, MetricName, Dimensions: each }) =>
      nameOf(Namespace, MetricName, Object.fromEntries(each.map(({ Name, Value }) => [Name, Value]))),
    ),
  );
  const widgets = ofType("AWS::CloudWatch::Dashboard").flatMap(({ Properties }) =>
    Widgets.parse(JSON.parse(Dashboard.parse(Properties).DashboardBody)).widgets.flatMap(({ properties }) =>
      (properties.metrics ?? []).flatMap(inWidget),
    ),
  );
  return { alarms: new Set(alarms), widgets: new Set(widgets) };
}

/** `[namespace, name, dimension, value, …, options]`; an expression has only options. Source: AWS, "Dashboard body structure". */
function inWidget(metric: readonly unknown[]): string[] {
  const [namespace, name, ...pairs] = metric.filter((part) => typeof part === "string");
  if (namespace === undefined || name === undefined) return [];
  if ([namespace, name, ...pairs].includes(".")) throw new Error("Cannot read a widget that repeats by dots");
  const dimensions = pairs.flatMap((key, i) => (i % 2 === 0 ? [[key, pairs[i + 1] ?? ""] as const] : []));
  return [nameOf(namespace, name, Object.fromEntries(dimensions))];
}
