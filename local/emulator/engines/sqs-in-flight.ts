import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The engine's database, in its data folder. */
export const SQS_DATABASE = "fauxqs.db";

/**
 * Makes the messages that a killed process had received visible again, before the engine opens its database. At a start no
 * function processes them, so there is no reason to wait for the visibility timeout. The interrupted receive does not
 * count: a poller here holds thousands of messages, and five kills in a row would move all of them to the dead-letter queue.
 * At least one receive stays, so that a function can tell that it may have seen the message before.
 * SQS has no such call, and fauxqs 2.4.1 has one for single messages only, which made a start after a kill take seconds.
 * @param folder the engine's data folder
 */
export function returnInFlight(folder: string): void {
  const path = join(folder, SQS_DATABASE);
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) return; // the first start
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
