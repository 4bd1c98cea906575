import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import { summarised, summaryDueAt } from "../endpoints/model/announcements.ts";
import { backupsOf } from "../endpoints/model/backup.ts";
import { isPublishingOverdue } from "../endpoints/model/endpoint-state.ts";
import { returnRequested } from "../endpoints/model/endpoint-state-changes.ts";
import { wakeNow } from "../endpoints/schedule-wake-up.ts";
import type { OperationalType } from "../events/model/operational-types.ts";
import { publishStatusEvents } from "../notifications/publish-status-events.ts";
import { change, type Round } from "./retry-round.ts";

/** The user's own changes leave it to the round that they schedule. */
const LEFT_TO_ROUNDS: readonly OperationalType[] = ["rappel.endpoint.resumed", "rappel.endpoint.secret_rotated"];

/**
 * Publishes the endpoint's status events, before the round continues and before it ends. Dispatch publishes its own
 * changes; if it crashes, the first round that runs 10 s later publishes them.
 */
export async function publishChanges(ports: DeliveryPorts, round: Round): Promise<void> {
  const now = ports.clock.now();
  if (summaryDueAt(round.state) <= now) await change(ports, round, summarised(round.state, now));
  const last = round.state.announce?.at(-1);
  if (last === undefined) return;
  const isOurs = last.number > round.announcementsBefore || LEFT_TO_ROUNDS.includes(last.type);
  if (!isOurs) {
    if (!isPublishingOverdue(round.state, now)) return;
    // It may have been published since this round read the state.
    const state = (await ports.states.read([round.endpoint.id])).get(round.endpoint.id);
    if (state?.announce === undefined) return;
    round.state = state;
  }
  await wakeRelatives(ports, round);
  round.state = await publishStatusEvents(ports, round.state);
  round.readAt = ports.clock.now();
}

/**
 * Starts rounds of the related endpoints of a resumed one: its backups, which move its deliveries back, and the endpoints
 * that it backs up, which may be suspended. Done before the status event is removed, so that it is repeated after a crash.
 */
async function wakeRelatives(ports: DeliveryPorts, { endpoint, state: { announce = [] } }: Round): Promise<void> {
  if (!announce.some(({ type }) => type === "rappel.endpoint.resumed")) return;
  const backups = backupsOf(endpoint.id, await ports.endpoints.list(endpoint.account)).map(({ id }) => id);
  for (const id of endpoint.backupOf ?? []) await wakeNow(ports, id);
  for (const id of backups) await wakeNow(ports, id, returnRequested(ports.clock.now()));
}
