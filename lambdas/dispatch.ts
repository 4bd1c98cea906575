import { decodePack } from "./aws/pack-message.ts";
import { deliveringWorld } from "./delivering.ts";
import { ShareEnvironment } from "./edge/environment.ts";
import { reportPoison } from "./edge/report.ts";
import { onSqs } from "./edge/sqs.ts";
import { eventCounter } from "./flow/count-events.ts";
import { dispatcher } from "./flow/dispatch-events.ts";
import { emfFigures, telling } from "./metrics/emf.ts";

const figures = emfFigures();
const world = { ...deliveringWorld(process.env, figures), shareLimit: ShareEnvironment.parse(process.env) };

export const handler = telling(figures, onSqs(decodePack, dispatcher(world, eventCounter(world)), reportPoison));
