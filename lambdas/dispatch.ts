import { decodePack } from "./adapters/aws/event-message.ts";
import { emfFigures, telling } from "./adapters/metrics/emf.ts";
import { dispatcher } from "./delivery/dispatch-events.ts";
import { deliveringWorld } from "./runtime/delivery-wiring.ts";
import { ShareEnvironment } from "./runtime/environment.ts";
import { reportPoison } from "./runtime/operational-log.ts";
import { onSqs } from "./runtime/sqs-handler.ts";
import { eventCounter } from "./stats/count-events.ts";

const figures = emfFigures();
const world = { ...deliveringWorld(process.env, figures), shareLimit: ShareEnvironment.parse(process.env) };

export const handler = telling(figures, onSqs(decodePack, dispatcher(world, eventCounter(world)), reportPoison));
