import { clock } from "./aws/clock-and-dice.ts";
import { dynamoStates } from "./aws/states.ts";
import { openTable } from "./aws/table.ts";
import { timerFrom } from "./aws/timer.ts";
import { SweepEnvironment } from "./edge/environment.ts";
import { report } from "./edge/report.ts";
import { sweep } from "./flow/sweep.ts";

const env = SweepEnvironment.parse(process.env);
const world = { clock, report, states: dynamoStates(openTable(env.TABLE_NAME)), timer: timerFrom(env, clock, report) };

export const handler = () => sweep(world);
