import { describe, expect, it } from "vitest";
import { PrivateTexts } from "./private-texts.ts";

const EVENT =
  '{"type":"email.opened","account":"acme-of-paris","data":{"email":"ada@example.com","MessageID":19421777396190491}}';
const authorization = `Basic ${Buffer.from("key_01KA:pass-w0rd-of-ada").toString("base64")}`;

function keepAll(): PrivateTexts {
  const texts = new PrivateTexts();
  texts.keepBody(EVENT);
  texts.keepAuthorization(authorization);
  texts.keepAnswer('{"id":"ep_01KAAAAAAAAAAAAAAAAAAAAAAA","secret":"whsec_gLEjAAAA"}');
  return texts;
}

describe("the texts that no log may hold", () => {
  it.each([
    ["a payload's text", "ada@example.com"],
    ["a payload's long number", "19421777396190491"],
    ["a password", "pass-w0rd-of-ada"],
    ["an Authorization header", authorization],
    ["a signing secret", "whsec_gLEjAAAA"],
  ])("finds a leaked private text in the log: %s", (_, text) => {
    const leaks = keepAll().leaksIn(["dispatch: done", `dispatch: {"message":"got ${text}"}`]);
    expect(leaks.join()).toContain(`{"message":"got ${text}"}`);
  });

  it("does not report accounts, ids and durations", () => {
    const line =
      '{"account":"acme-of-paris","endpoint":"ep_01KAAAAAAAAAAAAAAAAAAAAAAA","durationMs":12,"data":"email"}';
    expect(keepAll().leaksIn([line])).toEqual([]);
  });

  it("does not report the digits of an id", () => {
    const texts = new PrivateTexts();
    texts.keepBody('{"backupOf":"ep_01M813J622170370E9F0G3CE9M"}');
    expect(texts.leaksIn(['{"endpoint":"ep_01M813J622170370E9F0G3CE9M"}'])).toEqual([]);
  });
});
