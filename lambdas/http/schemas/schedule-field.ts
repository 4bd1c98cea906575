import * as z from "zod";
import { PRESETS, type Preset } from "../../endpoints/model/preset.ts";
import { type RetrySchedule, waitsIn } from "../../retry/model/retry-schedule.ts";
import { LIMITS } from "../../shared/limits.ts";

const WAIT_SECONDS_MIN = LIMITS.scheduleWaitMsMin / 1000;
const WAIT_SECONDS_MAX = LIMITS.scheduleWaitMsMax / 1000;
const countsFrom = (min: number) =>
  `${min} to ${LIMITS.scheduleWaitsMax} waits in total, each of ${WAIT_SECONDS_MIN} to ${WAIT_SECONDS_MAX} s`;
const COUNTS = countsFrom(0);
const PRESET_NAMES = PRESETS.map((name) => `"${name}"`).join(", ");
const STAGES_ALLOWED = `stages of {"times","everySeconds"}: ${COUNTS}`;
/** The allowed values of {@link ScheduleText}, in words. */
export const SCHEDULE_TEXT_ALLOWED = `${PRESET_NAMES}, or stages such as 10x30s,10x30m: TIMESxWAIT, with WAIT in whole s, m or h; ${countsFrom(LIMITS.scheduleWaitsMin)}`;

const Stages = z
  .array(
    z.strictObject({
      times: z.int(STAGES_ALLOWED).min(1, STAGES_ALLOWED).max(LIMITS.scheduleWaitsMax, STAGES_ALLOWED),
      everySeconds: z.int(STAGES_ALLOWED).min(WAIT_SECONDS_MIN, STAGES_ALLOWED).max(WAIT_SECONDS_MAX, STAGES_ALLOWED),
    }),
  )
  .transform((stages) => stages.map(({ times, everySeconds }) => ({ times, everyMs: everySeconds * 1000 })))
  .refine((stages) => waitsIn(stages) <= LIMITS.scheduleWaitsMax, { error: STAGES_ALLOWED })
  .meta({
    description: `${COUNTS}, counted over all stages. An empty list: each event is sent once, without retries.`,
    example: [{ times: 10, everySeconds: 30 }],
    override: { maxItems: LIMITS.scheduleWaitsMax },
  });
const PresetName = z.enum(PRESETS);

/** A schedule in the API: a preset, or custom stages. */
export const ScheduleField = z.union([PresetName, Stages], { error: `${PRESET_NAMES}, or ${STAGES_ALLOWED}` }).meta({
  description:
    "The waits after failed attempts: a preset or custom stages. Default: the deployment's setting, which is `standard` unless the operator changed it.",
  example: [{ times: 10, everySeconds: 30 }],
});

const STAGE = /^(\d{1,9})x(\d{1,9})([smh])$/;
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };

/**
 * A schedule in a stage's settings, an environment variable or a flag: `10x30s,10x30m`, or a preset's name. It is
 * the default of endpoints whose users chose none, so it has at least 5 waits.
 */
export const ScheduleText = z
  .string({ error: SCHEDULE_TEXT_ALLOWED })
  .transform((text, context): Preset | RetrySchedule => {
    const preset = PresetName.safeParse(text);
    if (preset.success) return preset.data;
    const parts = text.split(",");
    const stages = parts.flatMap((part) => {
      const [, times, wait, unit = ""] = STAGE.exec(part) ?? [];
      return times === undefined
        ? []
        : [{ times: Number(times), everySeconds: Number(wait) * (UNIT_SECONDS[unit] ?? 0) }];
    });
    const parsed = stages.length === parts.length ? Stages.safeParse(stages) : undefined;
    if (parsed?.success && waitsIn(parsed.data) >= LIMITS.scheduleWaitsMin) return parsed.data;
    context.addIssue({ code: "custom", message: SCHEDULE_TEXT_ALLOWED });
    return z.NEVER;
  });
