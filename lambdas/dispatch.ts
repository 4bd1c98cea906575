import { decodePack } from "./aws/pack-message.ts";
import { deliveringWorld } from "./delivering.ts";
import { reportPoison } from "./edge/report.ts";
import { onSqs } from "./edge/sqs.ts";
import { dispatcher } from "./flow/dispatch-events.ts";

export const handler = onSqs(decodePack, dispatcher(deliveringWorld(process.env)), reportPoison);
