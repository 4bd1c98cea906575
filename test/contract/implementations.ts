import { randomUUID } from "node:crypto";
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll } from "vitest";
import { decodeEventMessage } from "../../lambdas/adapters/aws/event-message.ts";
import { sqsEventQueue } from "../../lambdas/adapters/aws/event-queue.ts";
import { dynamoAccounts } from "../../lambdas/adapters/dynamodb/accounts.ts";
import { dynamoActivity } from "../../lambdas/adapters/dynamodb/activity.ts";
import { dynamoCallbacks } from "../../lambdas/adapters/dynamodb/callbacks.ts";
import { dynamoClaims } from "../../lambdas/adapters/dynamodb/claims.ts";
import { dynamoDeliveries } from "../../lambdas/adapters/dynamodb/deliveries.ts";
import { dynamoEndpoints } from "../../lambdas/adapters/dynamodb/endpoints.ts";
import { dynamoEventLog } from "../../lambdas/adapters/dynamodb/event-log.ts";
import { dynamoKeys } from "../../lambdas/adapters/dynamodb/keys.ts";
import { dynamoPacer } from "../../lambdas/adapters/dynamodb/pacer.ts";
import { dynamoRecoveries } from "../../lambdas/adapters/dynamodb/recoveries.ts";
import { dynamoSessions } from "../../lambdas/adapters/dynamodb/sessions/sessions.ts";
import { dynamoStates } from "../../lambdas/adapters/dynamodb/states.ts";
import { dynamoStats } from "../../lambdas/adapters/dynamodb/stats.ts";
import { openTable } from "../../lambdas/adapters/dynamodb/table/table.ts";
import { dynamoAllowance } from "../../lambdas/adapters/dynamodb/test-allowance.ts";
import { dynamoUnsuccessfulDeliveries } from "../../lambdas/adapters/dynamodb/unsuccessful-deliveries.ts";
import { kmsVault } from "../../lambdas/adapters/dynamodb/vault.ts";
import type { Event } from "../../lambdas/events/model/event.ts";
import type { Accounts, Keys } from "../../lambdas/ports/accounts.ts";
import type { ActivityLog } from "../../lambdas/ports/activity.ts";
import type { Callbacks } from "../../lambdas/ports/callbacks.ts";
import type { Deliveries, UnsuccessfulDeliveries } from "../../lambdas/ports/deliveries.ts";
import type { Endpoints, States } from "../../lambdas/ports/endpoints.ts";
import type { Claims, EventLog, EventMessage, EventQueue } from "../../lambdas/ports/events.ts";
import type { Allowance, Pacer } from "../../lambdas/ports/outgoing.ts";
import type { Recoveries } from "../../lambdas/ports/recoveries.ts";
import type { Sessions } from "../../lambdas/ports/sessions.ts";
import type { Stats } from "../../lambdas/ports/stats.ts";
import { dynamodbClient, kmsClient, sqsClient } from "../../local/emulator/engines/aws-clients.ts";
import { startDynamodb } from "../../local/emulator/engines/dynamodb.ts";
import { startKms } from "../../local/emulator/engines/kms.ts";
import { startSqs } from "../../local/emulator/engines/sqs.ts";
import { memoryClaims } from "../../local/simulator/memory/claims.ts";
import { memoryClock } from "../../local/simulator/memory/clock.ts";
import { memoryDeliveries } from "../../local/simulator/memory/deliveries.ts";
import { memoryEndpoints } from "../../local/simulator/memory/endpoints.ts";
import { memoryEventLog } from "../../local/simulator/memory/event-log.ts";
import { memoryPacer } from "../../local/simulator/memory/pacer.ts";
import { memoryRecoveries } from "../../local/simulator/memory/recoveries.ts";
import { memoryUnsuccessfulDeliveries } from "../../local/simulator/memory/unsuccessful-deliveries.ts";
import { memoryActivity } from "../memory/activity.ts";
import { memoryCallbacks } from "../memory/callbacks.ts";
import { memoryEventQueue } from "../memory/event-queue.ts";
import { memoryKeys } from "../memory/keys.ts";
import { memorySessions } from "../memory/sessions.ts";
import { memoryStats } from "../memory/stats.ts";
import { memoryAllowance } from "../memory/test-allowance.ts";
import { createTable } from "./table.ts";

/** The ports of each implementation, and functions that read its queue. */
export interface Ports {
  readonly clock: ReturnType<typeof memoryClock>;
  readonly keys: Keys;
  readonly sessions: Sessions;
  readonly accounts: Accounts;
  readonly endpoints: Endpoints;
  readonly callbacks: Callbacks;
  readonly states: States;
  readonly log: EventLog;
  readonly deliveries: Deliveries;
  readonly unsuccessful: UnsuccessfulDeliveries;
  readonly allowance: Allowance;
  readonly claims: Claims;
  readonly pacer: Pacer;
  readonly stats: Stats;
  readonly activity: ActivityLog;
  readonly queue: EventQueue;
  readonly recoveries: Recoveries;
  /** Takes messages from the queue until this many events were received. */
  received(count: number): Promise<{ account: string; events: readonly Event[] }[]>;
  /** Takes the next resend request. */
  nextResend(): Promise<EventMessage["resend"]>;
  /** Takes the next step of a recovery. */
  nextStep(): Promise<EventMessage["recovery"]>;
}

export const IMPLEMENTATIONS = ["memory", "AWS adapters on the local engines"] as const;

/** Opens the ports for the tests of a describe block. */
export function openPorts(implementation: (typeof IMPLEMENTATIONS)[number]): () => Ports {
  let ports: Ports | undefined;
  let close = async () => {};
  beforeAll(async () => {
    if (implementation === "memory") ports = memoryPorts();
    else ({ ports, close } = await awsPorts());
  });
  afterAll(() => close());
  return () => ports ?? memoryPorts();
}

function memoryPorts(): Ports {
  const clock = memoryClock();
  const [log, deliveries] = [memoryEventLog(clock), memoryDeliveries()];
  const queue = memoryEventQueue();
  const received = async () =>
    [...Map.groupBy(queue.sent.splice(0), ({ account }) => account)].map(([account, events]) => ({ account, events }));
  return {
    clock,
    keys: memoryKeys(),
    sessions: memorySessions(),
    ...memoryEndpoints(),
    callbacks: memoryCallbacks(),
    log,
    deliveries,
    unsuccessful: memoryUnsuccessfulDeliveries(deliveries, log),
    allowance: memoryAllowance(),
    claims: memoryClaims(),
    pacer: memoryPacer(),
    stats: memoryStats(),
    activity: memoryActivity(clock),
    queue,
    received,
    recoveries: memoryRecoveries(),
    nextResend: async () => queue.resends.shift(),
    nextStep: async () => {
      const [step] = queue.recoveries.splice(0, 1);
      return step && { account: step.account, id: step.id };
    },
  };
}

async function awsPorts(): Promise<{ ports: Ports; close: () => Promise<void> }> {
  const [dynamodb, sqs, kms] = await Promise.all([startDynamodb(), startSqs(), startKms()]);
  const urls = { dynamodb: dynamodb.url, sqs: sqs.url, kms: kms.url };
  const dynamo = dynamodbClient(urls);
  const name = `contract-${randomUUID()}`;
  await createTable(dynamo, name);
  const queueClient = sqsClient(urls);
  const { QueueUrl = "" } = await queueClient.send(new CreateQueueCommand({ QueueName: "contract" }));
  const clock = memoryClock();
  const table = openTable(name, dynamo);
  const nextMessage = async () => {
    const { Messages = [] } = await queueClient.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1, WaitTimeSeconds: 1 }),
    );
    return Messages.map(({ Body = "" }) => decodeEventMessage(Body))[0];
  };
  const received = async (count: number) => {
    const messages: { account: string; events: readonly Event[] }[] = [];
    while (messages.flatMap(({ events }) => events).length < count) {
      const { Messages = [] } = await queueClient.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      messages.push(...Messages.map(({ Body = "" }) => decodeEventMessage(Body)));
      if (Messages.length > 0) {
        await queueClient.send(
          new DeleteMessageBatchCommand({
            QueueUrl,
            Entries: Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle })),
          }),
        );
      }
    }
    return messages;
  };
  const vault = kmsVault(table, kmsClient(urls), "arn:aws:kms:local");
  const ports: Ports = {
    clock,
    keys: dynamoKeys(table),
    sessions: dynamoSessions(table),
    accounts: dynamoAccounts(table),
    endpoints: dynamoEndpoints(table, vault),
    callbacks: dynamoCallbacks(table, vault),
    states: dynamoStates(table),
    log: dynamoEventLog(table, clock),
    unsuccessful: dynamoUnsuccessfulDeliveries(table),
    deliveries: dynamoDeliveries(table),
    allowance: dynamoAllowance(table),
    claims: dynamoClaims(table),
    pacer: dynamoPacer(table),
    stats: dynamoStats(table),
    activity: dynamoActivity(table, clock),
    queue: sqsEventQueue(queueClient, QueueUrl),
    received,
    recoveries: dynamoRecoveries(table),
    nextResend: async () => (await nextMessage())?.resend,
    nextStep: async () => (await nextMessage())?.recovery,
  };
  return { ports, close: async () => void (await Promise.all([dynamodb.stop(), sqs.stop(), kms.stop()])) };
}
