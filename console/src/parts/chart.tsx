import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { w } from "../words/words.ts";
import { absolute, axisTime, number } from "./time.tsx";

export interface Series {
  readonly name: string;
  readonly values: readonly number[];
}
const COLOURS = ["#2f6fed", "#1b9e5a", "#d1495b", "#c07a00", "#7b5cd6", "#0a8f9e", "#8a8f98"];
const HEIGHT = 220;

/** A line for each name, and the same numbers as a table, for those who cannot see lines or want to copy them. */
export function Chart({
  label,
  at,
  series,
  limit,
}: {
  readonly label: string;
  readonly at: readonly string[];
  readonly series: readonly Series[];
  /** A horizontal line at this value. */
  readonly limit?: number;
}) {
  const place = useRef<HTMLDivElement>(null);
  const times = at.map((each) => Date.parse(each) / 1_000);
  useEffect(() => {
    let plot: uPlot | undefined;
    let isGone = false;
    const draw = async () => {
      const [{ default: Plot }] = await Promise.all([import("uplot"), import("uplot/dist/uPlot.min.css")]);
      if (isGone || place.current === null) return;
      const lines = limit === undefined ? series : [...series, { name: String(limit), values: at.map(() => limit) }];
      const colours = getComputedStyle(document.documentElement);
      const axis = { stroke: colours.getPropertyValue("color"), grid: { stroke: "#8884", width: 1 } };
      const spanSeconds = (times.at(-1) ?? 0) - (times[0] ?? 0);
      plot = new Plot(
        {
          width: place.current.clientWidth,
          height: HEIGHT,
          legend: { show: false },
          cursor: { y: false },
          axes: [
            { ...axis, values: (_, at) => at.map((seconds) => axisTime(seconds, spanSeconds)) },
            { ...axis, values: (_, at) => at.map(number) },
          ],
          scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
          series: [
            {},
            ...lines.map(({ name }, n) => ({
              label: name,
              width: 2,
              stroke: COLOURS[n % COLOURS.length] ?? "",
              ...(n === series.length && { dash: [6, 4] }),
            })),
          ],
        },
        [times, ...lines.map(({ values }) => [...values])],
        place.current,
      );
    };
    void draw();
    return () => {
      isGone = true;
      plot?.destroy();
    };
  }, [JSON.stringify([times, series, limit])]);
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  if (series.every(({ values }) => total(values) === 0)) return <p class="quiet">{w().statistics.nothing}</p>;
  return (
    <figure class="chart">
      <div ref={place} aria-hidden="true" />
      <ul class="legend">
        {series.map(({ name, values }, n) => (
          <li key={name}>
            <svg viewBox="0 0 10 10" width="12" height="12" aria-hidden="true">
              <rect width="10" height="10" rx="2" fill={COLOURS[n % COLOURS.length]} />
            </svg>{" "}
            {name} <strong>{number(total(values))}</strong>
          </li>
        ))}
      </ul>
      <details>
        <summary>{w().statistics.table}</summary>
        <div class="scroll">
          <table>
            <caption class="hidden">{label}</caption>
            <thead>
              <tr>
                <th scope="col">{w().statistics.time}</th>
                {series.map(({ name }) => (
                  <th key={name} scope="col" class="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {at.map((time, n) => (
                <tr key={time}>
                  <th scope="row">{absolute(time)}</th>
                  {series.map(({ name, values }) => (
                    <td key={name} class="number">
                      {number(values[n] ?? 0)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
