import * as z from "zod";
import { LOCAL } from "../engines/aws-clients.ts";
import { actionOf, type Exchange, resourceOf } from "./read-call.ts";

/** What IAM would be asked about a call: may this caller do this to that? */
export interface RecordedCalls {
  /** A function's service name; `pollers` or `Scheduler` for AWS itself, which calls in a role of ours. */
  readonly by: string;
  /** As policies write it, `sqs:SendMessage`. */
  readonly action: string;
  /** An ARN. */
  readonly resource: string;
  /** What conditions may ask for. */
  readonly context?: Readonly<Record<string, string>>;
}

/** A batch needs the permission for one. Source: "Amazon SQS API permissions: Actions and resource reference". */
const ONE_OF: Readonly<Record<string, string>> = {
  SendMessageBatch: "SendMessage",
  DeleteMessageBatch: "DeleteMessage",
  ChangeMessageVisibilityBatch: "ChangeMessageVisibility",
};
const WithContext = z.looseObject({ EncryptionContext: z.record(z.string(), z.string()).optional() });
const Schedule = z.looseObject({ Target: z.looseObject({ RoleArn: z.string() }) });

/** A kind of call whose permissions are not known here is told under its own name, which no policy holds: it stands out. */
export function recordedCallsOf(exchange: Exchange): RecordedCalls[] {
  const { by, service, path, request } = exchange;
  const action = actionOf(exchange);
  const body: unknown = request.length === 0 ? {} : JSON.parse(request.toString());
  const named = resourceOf(exchange, body);
  const arn = (what: string) => `arn:aws:${service}:${LOCAL.region}:${LOCAL.account}:${what}`;
  // The SDK is given the key's ARN.
  if (service === "kms") {
    const { EncryptionContext = {} } = WithContext.parse(body);
    const told = Object.entries(EncryptionContext).map(([name, value]) => [`kms:EncryptionContext:${name}`, value]);
    return [{ by, action: `kms:${action}`, resource: named, context: Object.fromEntries(told) }];
  }
  if (service === "sqs") return [{ by, action: `sqs:${ONE_OF[action] ?? action}`, resource: arn(named) }];
  if (service === "dynamodb")
    return named.split(", ").map((table) => ({ by, action: `dynamodb:${action}`, resource: arn(`table/${table}`) }));
  const name = /^\/schedules\/([^/?]+)/.exec(path)?.[1];
  if (name === undefined) return [{ by, action: `scheduler:${action}`, resource: arn(path.slice(1)) }];
  const asked = { by, action: `scheduler:${action}`, resource: arn(`schedule/${named}/${name}`) };
  if (action !== "CreateSchedule" && action !== "UpdateSchedule") return [asked];
  // Whoever has the Scheduler act in a role must be allowed to lend it.
  const context = { "iam:PassedToService": "scheduler.amazonaws.com" };
  return [asked, { by, action: "iam:PassRole", resource: Schedule.parse(body).Target.RoleArn, context }];
}

/** What was asked, each once. */
export class AllRecordedCalls {
  readonly #asked = new Map<string, RecordedCalls>();

  add(asked: RecordedCalls): void {
    this.#asked.set(`${asked.by} ${asked.action} ${groupOf(asked.resource)}`, asked);
  }

  all(): RecordedCalls[] {
    return [...this.#asked.values()];
  }
}

/** Schedules are too many to be remembered each; policies know their group. */
function groupOf(resource: string): string {
  return resource.replace(/(:schedule\/[^/]+)\/.*/, "$1");
}
