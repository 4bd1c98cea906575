import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateScheduleCommand, ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { afterAll, describe, expect, it } from "vitest";
import { startScheduler } from "../../../local/emulator/scheduler/scheduler.ts";
import { at, clientOf, inSeconds, openScheduler, scheduleWith } from "./scheduler-steps.ts";

const { newQueue, receive, sqsUrl } = await openScheduler();
const folder = mkdtempSync(join(tmpdir(), "rappel-scheduler-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a killed scheduler", () => {
  it("a scheduler keeps its schedules after SIGKILL, and fires overdue ones at its start", async () => {
    const { QueueUrl, arn } = await newQueue();
    const options = { folder, sqsUrl };
    const module = new URL("../../../local/emulator/scheduler/scheduler.ts", import.meta.url).href;
    const script = `import { startScheduler } from ${JSON.stringify(module)};
      console.log((await startScheduler(${JSON.stringify(options)})).url);`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [line] = await once(child.stdout, "data");
    const client = clientOf({ url: String(line).trim(), stop: async () => undefined });
    const [due, later] = [inSeconds(10), inSeconds(3_600)]; // Ours: 10 s, so that the process is killed before
    const schedule = scheduleWith(arn, { ScheduleExpression: at(due), ActionAfterCompletion: "DELETE" });
    await client.send(new CreateScheduleCommand(schedule));
    await client.send(new CreateScheduleCommand(scheduleWith(arn, { Name: "later", ScheduleExpression: at(later) })));
    child.kill("SIGKILL");
    await once(child, "exit");
    await sleep(Math.max(0, due - Date.now()));
    expect(await receive(QueueUrl, 1)).toBeUndefined();

    const again = await startScheduler(options);
    expect((await receive(QueueUrl))?.body).toBe("hello");
    const { Schedules } = await clientOf(again).send(new ListSchedulesCommand({ NamePrefix: "later" }));
    expect(Schedules).toHaveLength(1);
    await again.stop();
  });
});
