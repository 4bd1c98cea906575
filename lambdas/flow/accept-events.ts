import type { Event, SentEvent, Source } from "../core/event.ts";
import { newId } from "../core/ids.ts";
import type { Clock, Dice, EventQueue } from "../ports.ts";

interface World {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly queue: EventQueue;
}

/** Gives each event its id and queues them all. Whoever gets the answer may forget the events: they are ours now. */
export async function acceptEvents(
  { clock, dice, queue }: World,
  source: Source,
  sent: readonly (SentEvent & { readonly account: string })[],
): Promise<Event[]> {
  const now = clock.now();
  const events = sent.map(
    (event): Event => ({
      occurredAt: now,
      ...event,
      id: newId("evt", now, dice.random),
      source,
      acceptedAt: now,
    }),
  );
  await queue.send(events);
  return events;
}
