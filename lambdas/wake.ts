import { dice } from "./aws/clock-and-dice.ts";
import { decodeWake } from "./aws/wake-message.ts";
import { deliveringWorld } from "./delivering.ts";
import { reportPoison } from "./edge/report.ts";
import { onSqs } from "./edge/sqs.ts";
import { keepPromises } from "./flow/run-round.ts";

export const handler = onSqs(decodeWake, keepPromises({ ...deliveringWorld(process.env), dice }), reportPoison);
