import { PRESETS, type Preset, stagesOf } from "../../../lambdas/endpoints/model/preset.ts";
import { w } from "../words/words.ts";
import { Field } from "./parts.tsx";
import { duration } from "./time.tsx";

const SUCCESSES = ["2xx", "200"] as const;

export interface RulesOf {
  readonly schedule: Preset;
  readonly timeoutSeconds: number;
  readonly success: (typeof SUCCESSES)[number];
}
export const STANDARD_RULES: RulesOf = { schedule: "standard", timeoutSeconds: 15, success: "2xx" };

export function rulesBody({ schedule, timeoutSeconds, success }: RulesOf) {
  return { retrySchedule: schedule, timeoutMs: timeoutSeconds * 1_000, success };
}

/** What most users never change, folded away. */
export function Rules({ rules, onChange }: { readonly rules: RulesOf; readonly onChange: (rules: RulesOf) => void }) {
  const words = w().add;
  return (
    <details>
      <summary>{words.rules}</summary>
      <Field label={words.schedule} hint={words.scheduleHint}>
        <select
          value={rules.schedule}
          onChange={({ currentTarget }) => onChange({ ...rules, schedule: currentTarget.value as RulesOf["schedule"] })}
        >
          {PRESETS.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </Field>
      <Timeline waits={waitsOf(rules.schedule)} />
      <Field label={words.timeout}>
        <input
          type="number"
          min={1}
          max={30}
          value={rules.timeoutSeconds}
          onInput={({ currentTarget }) => onChange({ ...rules, timeoutSeconds: Number(currentTarget.value) })}
        />
      </Field>
      <Field label={words.success}>
        <select
          value={rules.success}
          onChange={({ currentTarget }) => onChange({ ...rules, success: currentTarget.value as RulesOf["success"] })}
        >
          {SUCCESSES.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </Field>
    </details>
  );
}

function waitsOf(schedule: Preset): number[] {
  return stagesOf(schedule).flatMap(({ times, everyMs }) => Array<number>(times).fill(everyMs / 1_000));
}

/** The attempts of a schedule on a line of time; the scale is logarithmic, because waits grow. */
function Timeline({ waits }: { readonly waits: readonly number[] }) {
  const at: number[] = [0];
  for (const wait of waits) at.push((at.at(-1) ?? 0) + wait);
  const end = at.at(-1) ?? 1;
  const place = (seconds: number) => 2 + 96 * (Math.log1p(seconds) / Math.log1p(end));
  const text = w().add.timeline(waits.length, duration(end));
  return (
    <figure class="timeline">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label={text}>
        <line x1="2" x2="98" y1="4" y2="4" />
        {at.map((seconds) => (
          <rect key={seconds} x={place(seconds) - 0.25} y="1" width="0.5" height="6">
            <title>{duration(seconds)}</title>
          </rect>
        ))}
      </svg>
      <figcaption class="quiet">{text}</figcaption>
    </figure>
  );
}
