import { dynamoClaims } from "./aws/claims.ts";
import { sqsClient } from "./aws/clients.ts";
import { clock, dice } from "./aws/clock-and-dice.ts";
import { dynamoEventLog } from "./aws/event-log.ts";
import { sqsEventQueue } from "./aws/event-queue.ts";
import { dynamoKeys } from "./aws/keys.ts";
import { openTable } from "./aws/table.ts";
import type { Source } from "./core/event.ts";
import { acceptedAnswer, requestOf } from "./edge/accepting.ts";
import { AcceptEnvironment } from "./edge/environment.ts";
import { readEvents, readSourceEvents, type SentEvents } from "./edge/event-body.ts";
import { onHttp } from "./edge/http.ts";
import { reportCrash } from "./edge/report.ts";
import { router } from "./edge/router.ts";
import { acceptRequest } from "./flow/accept-events.ts";
import { authenticator } from "./flow/authenticate.ts";

const env = AcceptEnvironment.parse(process.env);
const table = openTable(env.TABLE_NAME);
const world = {
  clock,
  dice,
  queue: sqsEventQueue(sqsClient(), env.EVENTS_QUEUE_URL),
  keys: dynamoKeys(table),
  claims: dynamoClaims(table),
  log: dynamoEventLog(table, clock),
};
const accept = async (call: Parameters<typeof requestOf>[0], source: Source, sent: SentEvents) =>
  acceptedAnswer(await acceptRequest(world, source, requestOf(call, sent)), sent);

export const handler = onHttp(
  router<"accept">(
    {
      sendEvents: (call) => accept(call, "api", readEvents(call.body)),
      sendMailjetEvents: (call) => accept(call, "mailjet", readSourceEvents("mailjet", call.body)),
      sendSarbacaneEvents: (call) => accept(call, "sarbacane", readSourceEvents("sarbacane", call.body)),
    },
    authenticator(world),
    reportCrash,
  ),
);
