import { styleText } from "node:util";
import { PRICED_AT, PRICED_IN } from "../emulator/usage-meter/prices.ts";
import type { Figures } from "./figures.ts";
import { thousands } from "./scenario.ts";

/** The last lines: the figures. */
export function summaryOf(figures: Figures): string {
  const { accepted, delivered, lost, twice, schedulesMost, aws, dollars, seconds } = figures;
  const count = (name: string, number: number, isGood: boolean) =>
    `${name} ${styleText(isGood ? ["bold", "green"] : ["bold", "red"], thousands(number))}`;
  const row = (name: string, text: string) => `  ${styleText("dim", name.padEnd(9))}${text}`;
  return [
    "",
    `  ${[
      count("accepted", accepted, accepted > 0),
      count("delivered", delivered, delivered === accepted),
      count("lost", lost, lost === 0),
      count("twice", twice, twice === 0),
      count("most schedules at once", schedulesMost, schedulesMost === 1),
    ].join(" · ")}`,
    "",
    `  What AWS would bill for these ${seconds.toFixed(0)} s, counted between functions and engines:`,
    row(
      "requests",
      `API Gateway ${thousands(aws.httpRequests)} · Lambda ${thousands(aws.lambdaRequests)} (${aws.gbSeconds.toFixed(0)} GB-s) · SQS ${thousands(aws.sqsRequests)} · Scheduler ${thousands(aws.schedulerInvocations)} · KMS ${thousands(aws.kmsRequests)}`,
    ),
    row(
      "",
      `DynamoDB ${thousands(aws.writeUnits)} write units, ${thousands(aws.readUnits)} read units · logs ${(aws.logBytes / 1_000).toFixed(0)} kB`,
    ),
    row(
      "price",
      `${styleText("bold", `$${dollars.toFixed(4)}`)} for the whole run at the list prices of ${PRICED_IN}, ${PRICED_AT},`,
    ),
    row("", `without free tier; Lambda's duration is as measured on this machine.`),
    "",
  ].join("\n");
}
