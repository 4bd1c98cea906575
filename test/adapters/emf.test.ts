import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isEmf, metricsIn } from "./emf-lines.ts";

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  vi.stubEnv("POWERTOOLS_METRICS_NAMESPACE", "Rappel/test");
  vi.stubEnv("POWERTOOLS_SERVICE_NAME", "dispatch");
  vi.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  vi.spyOn(process.stderr, "write").mockImplementation((text) => lines.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const open = async () => (await import("../../lambdas/adapters/metrics/emf.ts")).emfMetrics();

describe("metrics in EMF", () => {
  it("an invocation writes one line with sums of counts, all measured values, and the service as its only dimension", async () => {
    const figures = await open();
    for (const ms of [5, 7]) {
      figures.count("AttemptsSucceeded");
      figures.measure("ReceiverLatency", ms);
    }
    figures.count("WakeUpsResent", 0);
    figures.publish();
    expect(lines).toHaveLength(1);
    const common = { namespace: "Rappel/test", dimensions: { service: "dispatch" } };
    expect(metricsIn(lines[0] ?? "")).toEqual([
      { ...common, name: "ReceiverLatency", unit: "Milliseconds", values: [5, 7] },
      { ...common, name: "AttemptsSucceeded", unit: "Count", values: [2] },
      { ...common, name: "WakeUpsResent", unit: "Count", values: [0] },
    ]);
  });

  it("no line is written without values, and no value is written twice", async () => {
    const figures = await open();
    figures.publish();
    figures.count("EventsAccepted", 3);
    figures.publish();
    figures.publish();
    expect(lines.map((line) => metricsIn(line).map(({ values }) => values))).toEqual([[[3]]]);
  });

  it.each([
    [100, 1],
    [101, 2],
    [250, 3],
  ])("%i attempts are %i lines of at most 100 values each, without loss or repetition", async (attempts, most) => {
    const figures = await open();
    const waits = Array.from({ length: attempts }, (_, n) => n);
    for (const ms of waits) {
      figures.count("AttemptsSucceeded");
      figures.measure("ReceiverLatency", ms);
      figures.measure("AcceptToFirstAttempt", ms);
    }
    figures.publish();
    expect(lines.every(isEmf)).toBe(true);
    expect(lines).toHaveLength(most);
    const metrics = lines.flatMap(metricsIn);
    const valuesOf = (metric: string) => metrics.filter(({ name }) => name === metric).flatMap(({ values }) => values);
    expect(valuesOf("ReceiverLatency")).toEqual(waits);
    expect(valuesOf("AcceptToFirstAttempt")).toEqual(waits);
    expect(valuesOf("AttemptsSucceeded")).toEqual([attempts]);
  });

  it("an invocation that fails writes its metrics too", async () => {
    const { emfMetrics, withMetrics } = await import("../../lambdas/adapters/metrics/emf.ts");
    const figures = emfMetrics();
    const handler = withMetrics(figures, async () => {
      figures.count("AttemptsTimedOut");
      throw new Error("the table does not answer");
    });
    await expect(handler()).rejects.toThrow("the table does not answer");
    expect(lines.flatMap(metricsIn).map(({ name }) => name)).toEqual(["AttemptsTimedOut"]);
  });
});
