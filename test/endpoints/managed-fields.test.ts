import { describe, expect, it } from "vitest";
import { managedFieldsOf, withManagedFields } from "../../lambdas/endpoints/model/managed-fields.ts";
import { endpointWith } from "../support/examples.ts";

describe("an endpoint that Mailjet callbacks manage", () => {
  const endpoint = endpointWith({ url: "https://example.com/a", headers: { authorization: "Bearer x" } });
  const movedTo = (url: string) => withManagedFields(endpoint, { ...managedFieldsOf(endpoint), url }).headers;

  it("keeps its headers when its url changes on the same server", () => {
    expect(movedTo("https://example.com/b")).toEqual({ authorization: "Bearer x" });
  });

  it.each(["https://example.net/a", "https://example.com:8443/a", "http://example.com/a"])(
    "loses its headers when its url changes to %s, so that they are not sent to another server",
    (url) => {
      expect(movedTo(url)).toEqual({});
    },
  );
});
