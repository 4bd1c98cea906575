import * as z from "zod";
import { LOCAL } from "../engines/aws-clients.ts";
import { actionOf, type Exchange, resourceOf } from "./read-call.ts";

/** A call as IAM would check it: caller, action and resource. */
export interface RecordedCall {
  /** A function's service name; `pollers` or `Scheduler` for AWS itself, which uses a role of Rappel. */
  readonly by: string;
  /** As policies write it, `sqs:SendMessage`. */
  readonly action: string;
  /** An ARN. */
  readonly resource: string;
  /** The condition keys. */
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

/** The permissions of a call. An unknown action keeps its own name: no policy allows that, so a test will fail. */
export function recordedCallsOf(exchange: Exchange): RecordedCall[] {
  const { by, service, path, request } = exchange;
  const action = actionOf(exchange);
  const body: unknown = request.length === 0 ? {} : JSON.parse(request.toString());
  const named = resourceOf(exchange, body);
  const arn = (path: string) => `arn:aws:${service}:${LOCAL.region}:${LOCAL.account}:${path}`;
  // The functions pass the key's ARN.
  if (service === "kms") {
    const { EncryptionContext = {} } = WithContext.parse(body);
    const conditionKeys = Object.entries(EncryptionContext).map(([name, value]) => [
      `kms:EncryptionContext:${name}`,
      value,
    ]);
    return [{ by, action: `kms:${action}`, resource: named, context: Object.fromEntries(conditionKeys) }];
  }
  if (service === "sqs") return [{ by, action: `sqs:${ONE_OF[action] ?? action}`, resource: arn(named) }];
  if (service === "dynamodb")
    return named.split(", ").map((table) => ({ by, action: `dynamodb:${action}`, resource: arn(`table/${table}`) }));
  const name = /^\/schedules\/([^/?]+)/.exec(path)?.[1];
  if (name === undefined) return [{ by, action: `scheduler:${action}`, resource: arn(path.slice(1)) }];
  const call = { by, action: `scheduler:${action}`, resource: arn(`schedule/${named}/${name}`) };
  if (action !== "CreateSchedule" && action !== "UpdateSchedule") return [call];
  // Passing a role to the Scheduler needs iam:PassRole.
  const context = { "iam:PassedToService": "scheduler.amazonaws.com" };
  return [call, { by, action: "iam:PassRole", resource: Schedule.parse(body).Target.RoleArn, context }];
}

/** All recorded calls, without duplicates. */
export class CallRecorder {
  readonly #calls = new Map<string, RecordedCall>();

  add(call: RecordedCall): void {
    this.#calls.set(`${call.by} ${call.action} ${groupOf(call.resource)}`, call);
  }

  all(): RecordedCall[] {
    return [...this.#calls.values()];
  }
}

/** Schedules are recorded by group only: there are too many, and policies name their group. */
function groupOf(resource: string): string {
  return resource.replace(/(:schedule\/[^/]+)\/.*/, "$1");
}
