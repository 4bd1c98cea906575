import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { Pacer } from "../../ports/outgoing.ts";
import { keys, type Table, writtenIf } from "./table/table.ts";

const PaceItem = z.object({ nextAt: z.number().default(0) });
const SECOND_MS = 1_000;
const KEPT_SECONDS = 3_600; // ours: an endpoint without attempts for longer starts again
const TRIES = 10; // ours: a try fails only when another attempt takes the same slot

/** One item for each endpoint with a limit, with the time of its next free slot. Taking a slot is usually one write. */
export function dynamoPacer({ client, name }: Table): Pacer {
  return {
    async slot(endpoint, perSecond, now, horizonMs) {
      const everyMs = SECOND_MS / perSecond;
      const take = async (update: string, condition: string, values: Record<string, number>) => {
        const written = await writtenIf(
          client.send(
            new UpdateCommand({
              TableName: name,
              Key: keys.pace(endpoint),
              UpdateExpression: `${update}, expiresAt = :expiresAt`,
              ConditionExpression: condition,
              ExpressionAttributeValues: {
                ...values,
                ":every": everyMs,
                ":expiresAt": Math.ceil(now / SECOND_MS) + KEPT_SECONDS,
              },
              ReturnValues: "ALL_NEW",
              ReturnValuesOnConditionCheckFailure: "ALL_OLD",
            }),
          ),
        );
        if (written.isDone) return { at: PaceItem.parse(written.answer.Attributes).nextAt - everyMs };
        return { seen: written.item && PaceItem.parse(written.item).nextAt };
      };

      for (let tries = 0; tries < TRIES; tries++) {
        const queued = await take("SET nextAt = nextAt + :every", "nextAt BETWEEN :now AND :horizon", {
          ":now": now,
          ":horizon": now + horizonMs,
        });
        if (queued.at !== undefined) return { isTaken: true, at: queued.at };
        if (queued.seen !== undefined && queued.seen > now + horizonMs)
          return { isTaken: false, at: queued.seen - horizonMs };
        // No attempt is waiting: the next free slot is in the past. Compared with `<`, not with the value that was
        // read, because DynamoDB's decimals and JavaScript's numbers differ.
        const first = await take("SET nextAt = :now + :every", "attribute_not_exists(pk) OR nextAt < :now", {
          ":now": now,
        });
        if (first.at !== undefined) return { isTaken: true, at: first.at };
      }
      return { isTaken: false, at: now + everyMs };
    },
  };
}
