import * as z from "zod";
import type { Pool } from "../functions/pool.ts";
import { arnOf, nameOf } from "../template/names.ts";
import type { Resources } from "../template/template.ts";
import type { EventSource } from "./event-source.ts";

// Strict: an unknown property may change how AWS polls, so it must not be ignored.
const Mapping = z.strictObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  BatchSize: z.number().max(10).default(10),
  MaximumBatchingWindowInSeconds: z.literal(0).optional(),
  FunctionResponseTypes: z.array(z.literal("ReportBatchItemFailures")).default([]),
  ScalingConfig: z.object({ MaximumConcurrency: z.number() }).optional(),
  Enabled: z.boolean().default(true),
  Tags: z.unknown().optional(),
  MetricsConfig: z.unknown().optional(),
});

/** An event source mapping of the templates, without its function's threads. */
export interface EventSourceSpec extends Omit<EventSource, "pool"> {
  /** The function's ARN or name. */
  readonly functionArn: string;
  /** The maximum of concurrent invocations, if the template has one. */
  readonly concurrencyMax: number | undefined;
}

/** The templates' event source mappings. */
export function readEventSources({ all, resolve }: Resources): EventSourceSpec[] {
  return all
    .filter(({ type }) => type === "AWS::Lambda::EventSourceMapping")
    .map(({ stack, properties }) => Mapping.parse(resolve(stack, properties)))
    .filter(({ Enabled }) => Enabled)
    .map((mapping) => {
      const queue = all.find((resource) => arnOf(resource) === mapping.EventSourceArn);
      const fn = all.find((resource) => [arnOf(resource), nameOf(resource)].includes(mapping.FunctionName));
      if (!queue || !fn)
        throw new Error(
          `Cannot find the queue or the function of the event source mapping from ${mapping.EventSourceArn} to ${mapping.FunctionName}`,
        );
      return {
        queueUrl: String(resolve(queue.stack, { Ref: queue.id })),
        queueArn: mapping.EventSourceArn,
        batchSize: mapping.BatchSize,
        isPartial: mapping.FunctionResponseTypes.length > 0,
        functionArn: arnOf(fn),
        concurrencyMax: mapping.ScalingConfig?.MaximumConcurrency,
      };
    });
}

/** Adds the function's threads. */
export function withPool({ functionArn, ...spec }: EventSourceSpec, pools: ReadonlyMap<string, Pool>): EventSource {
  const pool = pools.get(functionArn);
  if (!pool) throw new Error(`Cannot find the function ${functionArn} of the queue ${spec.queueArn}`);
  return { ...spec, pool };
}
