import { authenticator } from "./accounts/authenticate.ts";
import { dynamodbClient, sqsClient } from "./adapters/aws/clients.ts";
import { clock, random } from "./adapters/aws/clock-and-random.ts";
import { sqsEventQueue } from "./adapters/aws/event-queue.ts";
import { dynamoAccounts } from "./adapters/dynamodb/accounts.ts";
import { dynamoClaims } from "./adapters/dynamodb/claims.ts";
import { dynamoEventLog } from "./adapters/dynamodb/event-log.ts";
import { dynamoKeys } from "./adapters/dynamodb/keys.ts";
import { dynamoPacer } from "./adapters/dynamodb/pacer.ts";
import { dynamoSessions } from "./adapters/dynamodb/sessions/sessions.ts";
import { openTable } from "./adapters/dynamodb/table/table.ts";
import { countedQueue } from "./adapters/metrics/counted-ports.ts";
import { emfMetrics, withMetrics } from "./adapters/metrics/emf.ts";
import { acceptRequest } from "./events/accept-events.ts";
import { accountLimiter } from "./events/enforce-account-limits.ts";
import type { Source } from "./events/model/event.ts";
import { onHttp } from "./http/http.ts";
import { acceptedAnswer, requestOf } from "./http/ingest-request.ts";
import { readEvents, readSourceEvents, type SentEvents } from "./http/parse-events.ts";
import { router } from "./http/router.ts";
import { AcceptEnvironment } from "./runtime/environment.ts";
import { reportCrash } from "./runtime/operational-log.ts";

const env = AcceptEnvironment.parse(process.env);
const table = openTable(env.TABLE_NAME, dynamodbClient(), env.SHARDS);
const metrics = emfMetrics();
const ports = {
  clock,
  random,
  queue: countedQueue(sqsEventQueue(sqsClient(), env.EVENTS_QUEUE_URL), metrics),
  keys: dynamoKeys(table),
  accounts: dynamoAccounts(table),
  sessions: dynamoSessions(table),
  pacer: dynamoPacer(table),
  claims: dynamoClaims(table),
  log: dynamoEventLog(table, clock),
  shards: env.SHARDS,
};
const checkAccounts = accountLimiter(ports, env.EVENTS_PER_SECOND);
const accept = async (call: Parameters<typeof requestOf>[0], source: Source, sent: SentEvents) => {
  const request = requestOf(call, sent);
  const sinceOf = await checkAccounts(request.events);
  return acceptedAnswer(await acceptRequest(ports, source, { ...request, sinceOf }), sent);
};

export const handler = withMetrics(
  metrics,
  onHttp(
    router<"accept">(
      {
        sendEvents: (call) => accept(call, "api", readEvents(call.body)),
        sendMailjetEvents: (call) => accept(call, "mailjet", readSourceEvents("mailjet", call.body)),
        sendSarbacaneEvents: (call) => accept(call, "sarbacane", readSourceEvents("sarbacane", call.body)),
      },
      authenticator(ports),
      reportCrash,
    ),
  ),
);
