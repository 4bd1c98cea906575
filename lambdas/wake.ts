import { dice } from "./aws/clock-and-dice.ts";
import { decodeWake } from "./aws/wake-message.ts";
import { deliveringWorld } from "./delivering.ts";
import { reportPoison } from "./edge/report.ts";
import { onSqs } from "./edge/sqs.ts";
import { countingEndings } from "./flow/count-endings.ts";
import { keepPromises } from "./flow/run-round.ts";
import { emfFigures, telling } from "./metrics/emf.ts";

const figures = emfFigures();
const world = { ...deliveringWorld(process.env, figures), dice };

export const handler = telling(figures, onSqs(decodeWake, countingEndings(world, keepPromises), reportPoison));
