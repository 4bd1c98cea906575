import { dynamoAccounts } from "./aws/accounts.ts";
import { dynamoClaims } from "./aws/claims.ts";
import { sqsClient } from "./aws/clients.ts";
import { clock, dice } from "./aws/clock-and-dice.ts";
import { dynamoEventLog } from "./aws/event-log.ts";
import { sqsEventQueue } from "./aws/event-queue.ts";
import { dynamoKeys } from "./aws/keys.ts";
import { dynamoPacer } from "./aws/pacer.ts";
import { openTable } from "./aws/table.ts";
import type { Source } from "./core/event.ts";
import { acceptedAnswer, requestOf } from "./edge/accepting.ts";
import { AcceptEnvironment } from "./edge/environment.ts";
import { readEvents, readSourceEvents, type SentEvents } from "./edge/event-body.ts";
import { onHttp } from "./edge/http.ts";
import { reportCrash } from "./edge/report.ts";
import { router } from "./edge/router.ts";
import { acceptRequest } from "./flow/accept-events.ts";
import { admitter } from "./flow/admit-events.ts";
import { authenticator } from "./flow/authenticate.ts";
import { countedQueue } from "./metrics/counted-ports.ts";
import { emfFigures, telling } from "./metrics/emf.ts";

const env = AcceptEnvironment.parse(process.env);
const table = openTable(env.TABLE_NAME);
const figures = emfFigures();
const world = {
  clock,
  dice,
  queue: countedQueue(sqsEventQueue(sqsClient(), env.EVENTS_QUEUE_URL), figures),
  keys: dynamoKeys(table),
  accounts: dynamoAccounts(table),
  pacer: dynamoPacer(table),
  claims: dynamoClaims(table),
  log: dynamoEventLog(table, clock),
};
const admit = admitter(world);
const accept = async (call: Parameters<typeof requestOf>[0], source: Source, sent: SentEvents) => {
  const request = requestOf(call, sent);
  const sinceOf = await admit(request.events);
  return acceptedAnswer(await acceptRequest(world, source, { ...request, sinceOf }), sent);
};

export const handler = telling(
  figures,
  onHttp(
    router<"accept">(
      {
        sendEvents: (call) => accept(call, "api", readEvents(call.body)),
        sendMailjetEvents: (call) => accept(call, "mailjet", readSourceEvents("mailjet", call.body)),
        sendSarbacaneEvents: (call) => accept(call, "sarbacane", readSourceEvents("sarbacane", call.body)),
      },
      authenticator(world),
      reportCrash,
    ),
  ),
);
