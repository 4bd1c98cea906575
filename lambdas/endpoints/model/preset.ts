import type { Format } from "../../payload/formats.ts";
import { MAILJET_SCHEDULE, type RetrySchedule, SARBACANE_SCHEDULE } from "../../retry/model/retry-schedule.ts";
import type { SuccessRule } from "./success-rule.ts";

/** The platform whose rules an endpoint follows. */
export const PRESETS = ["standard", "mailjet", "sarbacane"] as const;
export type Preset = (typeof PRESETS)[number];

/**
 * The defaults of each preset, besides the retry schedule of the same name. With each of them an endpoint is suspended at
 * the schedule's end. Sources: Mailjet's guide (exactly 200), Sarbacane's (any 2xx), Standard Webhooks 1.0.0.
 */
export const PRESET_RULES: Readonly<Record<Preset, { readonly format: Format; readonly success: SuccessRule }>> = {
  standard: { format: "standard", success: "2xx" },
  mailjet: { format: "mailjet", success: "200" },
  sarbacane: { format: "sarbacane", success: "2xx" },
};

const SCHEDULES: Readonly<Record<Preset, RetrySchedule>> = {
  standard: MAILJET_SCHEDULE,
  mailjet: MAILJET_SCHEDULE,
  sarbacane: SARBACANE_SCHEDULE,
};

export function stagesOf(schedule: Preset | RetrySchedule): RetrySchedule {
  return typeof schedule === "string" ? SCHEDULES[schedule] : schedule;
}
