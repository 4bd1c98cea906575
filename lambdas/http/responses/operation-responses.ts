import * as z from "zod";

export const QueueView = z
  .strictObject({
    name: z.enum(["events", "wakeUps"]).meta({
      description: "`events`: accepted events, before their first attempt. `wakeUps`: retry rounds that are due.",
    }),
    messages: z.int().meta({ description: "Messages that wait. One can hold several events." }),
    deadLetters: z.int().meta({
      description:
        "Messages of events that failed for four days, wake-ups that failed five times, and what cannot be decoded. A message is kept for 14 days from its acceptance.",
    }),
  })
  .meta({ id: "Queue", description: "SQS counts approximately, up to a minute late." });
