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
export interface Told {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

export function isEmf(line: string): boolean {
  return line.startsWith('{"_aws":');
}

/** What a line tells. @throws {Error} where CloudWatch would drop it */
export function toldBy(line: string): Told[] {
  const parsed = EmfLine.parse(JSON.parse(line));
  const [{ Namespace: namespace, Dimensions, Metrics }] = parsed._aws.CloudWatchMetrics;
  return Metrics.map(({ Name: name, Unit: unit }) => {
    const [names = [], ...more] = Dimensions;
    if (more.length > 0) throw new Error(`${name} is told by several sets of dimensions: each is a metric of its own`);
    const dimensions = Object.fromEntries(names.map((each) => [each, z.string().parse(parsed[each])]));
    return { namespace, name, unit, dimensions, values: Values.parse(parsed[name]) };
  });
}
