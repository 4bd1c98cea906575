import * as z from "zod";
import { RECOVERED_STATUSES } from "../../recoveries/model/recovery.ts";
import { At } from "./common.ts";

const what = {
  endpoint: z.string().nullable().meta({ description: "null: all endpoints of the account." }),
  since: At,
  until: At,
  types: z
    .array(z.string())
    .nullable()
    .meta({ description: "null: all types; for `unsent`, those that the endpoint subscribes to." }),
  statuses: z.array(z.enum(RECOVERED_STATUSES)),
  estimate: z
    .strictObject({
      deliveries: z.int(),
      isComplete: z.boolean().meta({ description: "false: not all events were read; there can be more." }),
    })
    .meta({ id: "RecoveryEstimate", description: "The deliveries that matched when the recovery was requested." }),
};

export const RecoveryView = z
  .strictObject({
    id: z.string(),
    account: z.string(),
    ...what,
    status: z.enum(["running", "waiting", "cancelled", "finished"]).meta({
      description: "`waiting`: until events that were accepted shortly before `until` are surely in the log.",
    }),
    progress: z
      .strictObject({
        scannedUntil: At.meta({ description: "Events accepted before this time were read." }),
        matched: z.int(),
        resent: z.int().meta({ description: "They joined a backlog, or are due now." }),
        skipped: z.int().meta({ description: "Their endpoint is gone." }),
      })
      .meta({ id: "RecoveryProgress" }),
    createdAt: At,
    updatedAt: At,
    finishedAt: At.nullable(),
    explanation: z.string(),
  })
  .meta({ id: "Recovery" });

export const RecoveryDryRunView = z.strictObject({ ...what, explanation: z.string() }).meta({ id: "RecoveryDryRun" });
