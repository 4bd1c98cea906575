import { describe, expect, it } from "vitest";
import { matchesAny } from "../../lambdas/endpoints/model/subscription.ts";

describe("an endpoint's event types", () => {
  it.each([
    [["open"], "open", true],
    [["open"], "opened", false],
    [["open", "click"], "click", true],
    [["*"], "anything.at.all", true],
    [["*"], "rappel.endpoint.suspended", false],
    [["rappel.*"], "rappel.endpoint.suspended", true],
    [["email.*"], "email.opened", true],
    [["email.*"], "email.opened.twice", true],
    [["email.*"], "email", false],
    [["email.*"], "emails.opened", false],
    [["email.*"], "xemail.opened", false],
    [["a.b.*"], "a.c.d", false],
  ])("event types %j match an event %s: %s", (wanted, type, expected) => {
    expect(matchesAny(wanted, type)).toBe(expected);
  });
});
