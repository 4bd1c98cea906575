import { sqsClient } from "./aws/clients.ts";
import { clock, dice } from "./aws/clock-and-dice.ts";
import { sqsEventQueue } from "./aws/event-queue.ts";
import { dynamoKeys } from "./aws/keys.ts";
import { openTable } from "./aws/table.ts";
import type { Source } from "./core/event.ts";
import type { Caller } from "./edge/caller.ts";
import { AcceptEnvironment } from "./edge/environment.ts";
import { readEvents, readSourceEvents, type SentEvents, withAccounts } from "./edge/event-body.ts";
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

const accept = async (caller: Caller, source: Source, { events, isBatch }: SentEvents) =>
  acceptedView(await acceptEvents(world, source, withAccounts(events, caller)), isBatch);

export const handler = onHttp(
  router<"accept">(
    {
      sendEvents: ({ account, isOperator, body }) =>
        accept({ isOperator, ...(account !== undefined && { account }) }, "api", readEvents(body)),
      sendMailjetEvents: ({ body, ...caller }) => accept(caller, "mailjet", readSourceEvents("mailjet", body)),
      sendSarbacaneEvents: ({ body, ...caller }) => accept(caller, "sarbacane", readSourceEvents("sarbacane", body)),
    },
    authenticator(world),
    reportCrash,
  ),
);
