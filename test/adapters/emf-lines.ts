import * as z from "zod";

/** A line in CloudWatch's embedded metric format. Source: AWS, "Specification: Embedded metric format". */
const EmfLine = z.looseObject({
  _aws: z.object({
    Timestamp: z.int(),
    CloudWatchMetrics: z.tuple([
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })).max(100),
      }),
    ]),
  }),
});
const Values = z.union([z.number().transform((one) => [one]), z.array(z.number()).min(1).max(100)]);

/** One metric of one line. */
export interface PublishedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

export function isEmf(line: string): boolean {
  return line.startsWith('{"_aws":');
}

/** The metrics of a line. @throws {Error} if CloudWatch would drop the line */
export function metricsIn(line: string): PublishedMetric[] {
  const parsed = EmfLine.parse(JSON.parse(line));
  const [{ Namespace: namespace, Dimensions, Metrics }] = parsed._aws.CloudWatchMetrics;
  return Metrics.map(({ Name: name, Unit: unit }) => {
    const [names = [], ...more] = Dimensions;
    if (more.length > 0) throw new Error(`${name} has several sets of dimensions: each would be a separate metric`);
    const dimensions = Object.fromEntries(names.map((each) => [each, z.string().parse(parsed[each])]));
    return { namespace, name, unit, dimensions, values: Values.parse(parsed[name]) };
  });
}
