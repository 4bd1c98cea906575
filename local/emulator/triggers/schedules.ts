import { ConflictException, CreateScheduleGroupCommand, type SchedulerClient } from "@aws-sdk/client-scheduler";
import * as z from "zod";
import type { Pool } from "../functions/pool.ts";
import { nameOf } from "../template/names.ts";
import type { Resources } from "../template/template.ts";
import type { Ledger } from "../usage-meter/ledger.ts";

const MINUTE_MS = 60_000;

// Strict: an unsupported kind of schedule must not be ignored.
const Schedule = z.strictObject({
  ScheduleExpression: z.templateLiteral(["rate(", z.number(), " ", z.enum(["minute", "minutes"]), ")"]),
  Target: z.looseObject({ Arn: z.string() }),
  FlexibleTimeWindow: z.strictObject({ Mode: z.literal("OFF") }),
  Description: z.string().optional(),
});

/** Creates the templates' schedule groups that do not exist yet. */
export async function createScheduleGroups(client: SchedulerClient, { all }: Resources): Promise<void> {
  for (const resource of all.filter(({ type }) => type === "AWS::Scheduler::ScheduleGroup")) {
    await client.send(new CreateScheduleGroupCommand({ Name: nameOf(resource) })).catch((error) => {
      if (!(error instanceof ConflictException)) throw error;
    });
  }
}

/**
 * Invokes the functions of the templates' schedules, at their rates and once at the start. They repair the state after a
 * crash; without a run at the start, a service that is killed every minute would never be repaired.
 * @param ledger counts each invocation, if given
 * @returns stops it
 */
export function runSchedules(
  { all, resolve }: Resources,
  pools: ReadonlyMap<string, Pool>,
  ledger?: Ledger,
): () => void {
  const timers = all
    .filter(({ type }) => type === "AWS::Scheduler::Schedule")
    .map((resource) => {
      const { stack, properties } = resource;
      const { ScheduleExpression, Target } = Schedule.parse(resolve(stack, properties));
      const pool = pools.get(Target.Arn);
      if (!pool) throw new Error(`Cannot find the function ${Target.Arn} of a schedule`);
      const fire = () => {
        const used = { schedulerInvocations: 1 };
        ledger?.add({ by: "Scheduler", service: "scheduler", action: "Invoke", resource: nameOf(resource), used });
        void pool.run({});
      };
      fire();
      return setInterval(fire, Number(/\d+/.exec(ScheduleExpression)?.[0]) * MINUTE_MS).unref();
    });
  return () => timers.forEach(clearInterval);
}
