import { sqsClient } from "./aws/clients.ts";
import { clock, dice } from "./aws/clock-and-dice.ts";
import { sqsEventQueue } from "./aws/event-queue.ts";
import { dynamoKeys } from "./aws/keys.ts";
import { openTable } from "./aws/table.ts";
import type { Source } from "./core/event.ts";
import { AcceptEnvironment } from "./edge/environment.ts";
import { readEvents, readSourceEvents, type SentEvents } from "./edge/event-body.ts";
import { onHttp } from "./edge/http.ts";
import { reportCrash } from "./edge/report.ts";
import { router } from "./edge/router.ts";
import { acceptedView } from "./edge/views.ts";
import { acceptEvents } from "./flow/accept-events.ts";
import { authenticator } from "./flow/authenticate.ts";

const env = AcceptEnvironment.parse(process.env);
const world = {
  clock,
  dice,
  queue: sqsEventQueue(sqsClient(), env.EVENTS_QUEUE_URL),
  keys: dynamoKeys(openTable(env.TABLE_NAME)),
};

const accept = async (account: string, source: Source, { events, isBatch }: SentEvents) =>
  acceptedView(await acceptEvents(world, account, source, events), isBatch);

export const handler = onHttp(
  router<"accept">(
    {
      sendEvents: ({ account, body }) => accept(account, "api", readEvents(body)),
      sendMailjetEvents: ({ account, body }) => accept(account, "mailjet", readSourceEvents("mailjet", body)),
      sendSarbacaneEvents: ({ account, body }) => accept(account, "sarbacane", readSourceEvents("sarbacane", body)),
    },
    authenticator(world),
    reportCrash,
  ),
);
