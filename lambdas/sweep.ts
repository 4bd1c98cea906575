import { clock } from "./adapters/aws/clock-and-random.ts";
import { timerFrom } from "./adapters/aws/timer.ts";
import { dynamoStates } from "./adapters/dynamodb/states.ts";
import { openTable } from "./adapters/dynamodb/table/table.ts";
import { countedSweeps } from "./adapters/metrics/counted-ports.ts";
import { emfMetrics, withMetrics } from "./adapters/metrics/emf.ts";
import { sweep } from "./retry/resend-overdue-wake-ups.ts";
import { SweepEnvironment } from "./runtime/environment.ts";
import { report } from "./runtime/operational-log.ts";

const env = SweepEnvironment.parse(process.env);
const metrics = emfMetrics();
const ports = {
  clock,
  report: countedSweeps(report, metrics),
  states: dynamoStates(openTable(env.TABLE_NAME)),
  timer: timerFrom(env, clock, report),
};

export const handler = withMetrics(metrics, () => sweep(ports));
