import { describe, expect, it } from "vitest";
import { patched as patchedWith } from "../../lambdas/http/schemas/endpoint-patch.ts";
import { RappelError } from "../../lambdas/shared/errors.ts";
import { endpointWith } from "../support/examples.ts";
import { defaults, read } from "./endpoint-config.ts";

const patched = (patch: unknown) => patchedWith(patch, defaults);

describe("an endpoint that is patched", () => {
  const present = endpointWith(
    read({ url: "https://me:s3cret@example.com/x", headers: { a: "1", b: "2" }, description: "mine" }),
  );

  it("changes only what is named; null goes back to the default", () => {
    const { headers, description, url, userinfo } = patched({ headers: { a: null, c: "3" }, description: null })(
      present,
    );
    expect({ headers, description, url, userinfo }).toEqual({
      headers: { b: "2", c: "3" },
      description: "",
      url: "https://example.com/x",
      userinfo: { user: "me", password: "s3cret" },
    });
  });

  it("is patched also where its callbacks have left it, and it wants no type any more", () => {
    const left = { ...read({}), eventTypes: [] };
    expect(patched({ timeoutMs: 9_000 })(left)).toMatchObject({ timeoutMs: 9_000, eventTypes: [] });
    expect(patched({ eventTypes: ["a"] })(left)).toMatchObject({ eventTypes: ["a"] });
    expect(() => patched({ eventTypes: [] })(read({}))).toThrow(RappelError);
  });

  it("cannot come by a format that its encoding does not know", () => {
    const xml = endpointWith(read({ encoding: "xml" }));
    expect(() => patched({ format: "raw" })(xml)).toThrow(RappelError);
    expect(patched({ format: "raw", encoding: "json" })(xml)).toMatchObject({ format: "raw", encoding: "json" });
  });

  it("keeps its password when the url comes back with the mask", () => {
    expect(patched({ url: "https://me:***@example.com/y" })(present)).toMatchObject({
      url: "https://example.com/y",
      userinfo: { password: "s3cret" },
    });
  });

  it("does not hand its password to another server", () => {
    expect(() => patched({ url: "https://me:***@evil.example.net/" })(present)).toThrow(RappelError);
  });

  it("does not take its password for another user's", () => {
    expect(() => patched({ url: "https://you:***@example.com/x" })(present)).toThrow(RappelError);
  });

  it("keeps a header that comes back with its mask, whatever the case of its name", () => {
    expect(patched({ headers: { A: "***", b: null } })(present).headers).toEqual({ a: "1" });
    expect(() => patched({ headers: { unknown: "***" } })(present)).toThrow(RappelError);
  });

  it("keeps a user that stands alone when it comes back with the mask", () => {
    const token = endpointWith(read({ url: "https://t0ken@example.com/x" }));
    expect(patched({ url: "https://***@example.com/y" })(token).userinfo).toEqual({ user: "t0ken", password: "" });
  });

  it("loses its password with a url that has none", () => {
    expect(patched({ url: "https://example.com/x" })(present).userinfo).toBeUndefined();
  });

  it.each([null, 5, "x", [], { url: null }, { eventTypes: null }, { id: "ep_x" }, { secrets: [] }])(
    "is refused with %j",
    (patch) => {
      expect(() => patched(patch)(present)).toThrow(RappelError);
    },
  );
});
