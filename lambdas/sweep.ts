import { clock } from "./aws/clock-and-dice.ts";
import { dynamoStates } from "./aws/states.ts";
import { openTable } from "./aws/table.ts";
import { timerFrom } from "./aws/timer.ts";
import { SweepEnvironment } from "./edge/environment.ts";
import { report } from "./edge/report.ts";
import { sweep } from "./flow/sweep.ts";
import { countedSweeps } from "./metrics/counted-ports.ts";
import { emfFigures, telling } from "./metrics/emf.ts";

const env = SweepEnvironment.parse(process.env);
const figures = emfFigures();
const world = {
  clock,
  report: countedSweeps(report, figures),
  states: dynamoStates(openTable(env.TABLE_NAME)),
  timer: timerFrom(env, clock, report),
};

export const handler = telling(figures, () => sweep(world));
