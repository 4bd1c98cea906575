import { dice } from "./adapters/aws/clock-and-random.ts";
import { decodeWake } from "./adapters/aws/wake-message.ts";
import { emfFigures, telling } from "./adapters/metrics/emf.ts";
import { keepPromises } from "./retry/run-retry-round.ts";
import { deliveringWorld } from "./runtime/delivery-wiring.ts";
import { reportPoison } from "./runtime/operational-log.ts";
import { onSqs } from "./runtime/sqs-handler.ts";
import { countingEndings } from "./stats/count-final-outcomes.ts";

const figures = emfFigures();
const world = { ...deliveringWorld(process.env, figures), dice };

export const handler = telling(figures, onSqs(decodeWake, countingEndings(world, keepPromises), reportPoison));
