import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Gives back to its queue what a killed process had received, before the engine opens its database. Nothing runs at a
 * start, so nobody works on these messages, and nobody should wait for the visibility timeout. The receive that was cut
 * short does not count: a poller here holds messages by the thousand, and five kills in a row would move them all to the
 * dead letters. One receive stays, so that a function still sees that it may know the message.
 * SQS has no such call, and fauxqs 2.4.1 only one message at a time, which made the start after a kill take seconds.
 * @param folder the engine's data folder
 */
export function returnInFlight(folder: string): void {
  const path = join(folder, "fauxqs.db");
  if (!existsSync(path)) return;
  const database = new DatabaseSync(path);
  try {
    database.exec(`UPDATE sqs_messages
      SET receipt_handle = NULL, visibility_deadline = NULL,
        approximate_receive_count = max(1, approximate_receive_count - 1)
      WHERE receipt_handle IS NOT NULL`);
  } finally {
    database.close();
  }
}
