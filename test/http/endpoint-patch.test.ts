import { describe, expect, it } from "vitest";
import { patched as patchedWith } from "../../lambdas/http/schemas/endpoint-patch.ts";
import { RappelError } from "../../lambdas/shared/errors.ts";
import { endpointWith } from "../support/examples.ts";
import { defaults, read } from "./endpoint-config.ts";

const patched = (patch: unknown) => patchedWith(patch, defaults);

describe("patching an endpoint", () => {
  const present = endpointWith(
    read({ url: "https://me:s3cret@example.com/x", headers: { a: "1", b: "2" }, description: "mine" }),
  );

  it("a patch changes only the fields that it contains, and null resets a field to its default", () => {
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

  it("an endpoint without event types can be patched after its callbacks have left it", () => {
    const left = { ...read({}), eventTypes: [] };
    expect(patched({ timeoutMs: 9_000 })(left)).toMatchObject({ timeoutMs: 9_000, eventTypes: [] });
    expect(patched({ eventTypes: ["a"] })(left)).toMatchObject({ eventTypes: ["a"] });
    expect(() => patched({ eventTypes: [] })(read({}))).toThrow(RappelError);
  });

  it("a patch cannot set a format that the encoding does not support", () => {
    const xml = endpointWith(read({ encoding: "xml" }));
    expect(() => patched({ format: "raw" })(xml)).toThrow(RappelError);
    expect(patched({ format: "raw", encoding: "json" })(xml)).toMatchObject({ format: "raw", encoding: "json" });
  });

  it("a masked password keeps the stored one", () => {
    expect(patched({ url: "https://me:***@example.com/y" })(present)).toMatchObject({
      url: "https://example.com/y",
      userinfo: { password: "s3cret" },
    });
  });

  it("a masked password is refused for another host", () => {
    expect(() => patched({ url: "https://me:***@evil.example.net/" })(present)).toThrow(RappelError);
  });

  it("a masked password is refused for another user", () => {
    expect(() => patched({ url: "https://you:***@example.com/x" })(present)).toThrow(RappelError);
  });

  it("a masked header keeps the stored value, in any case of its name", () => {
    expect(patched({ headers: { A: "***", b: null } })(present).headers).toEqual({ a: "1" });
    expect(() => patched({ headers: { unknown: "***" } })(present)).toThrow(RappelError);
  });

  it.each<[string, object | null | undefined]>([
    ["no headers", undefined],
    ["only one of two", { a: "3" }],
    ["a mask", { A: "***", b: "4" }],
  ])("stored header values do not follow a url to another origin: refused with %s", (_, headers) => {
    const patch = { url: "https://other.example.net/", ...(headers !== undefined && { headers }) };
    expect(() => patched(patch)(present)).toThrow(RappelError);
    expect(patched({ ...patch, url: "https://example.com/elsewhere" })(present).headers).toHaveProperty("b");
  });

  it("a url moves to another origin with header values that are given again or removed", () => {
    const url = "https://other.example.net/";
    expect(patched({ url, headers: { A: "3", b: null } })(present).headers).toEqual({ a: "3" });
    expect(patched({ url, headers: null })(present).headers).toEqual({});
  });

  it("the errors name each stored header that would follow, and the other invalid fields", () => {
    const refused = () => patched({ url: "http://example.com/x", headers: { a: null }, colour: "red" })(present);
    const named = (pointer: string) => expect.objectContaining({ pointer });
    expect(refused).toThrow(expect.objectContaining({ errors: [named("/headers/b"), named("/colour")] }));
  });

  it("an endpoint of callbacks is refused for its url, not for its headers", () => {
    const managed = { ...present, managedBy: "callbacks" as const };
    expect(patched({ url: "https://other.example.net/" })(managed).url).toBe("https://other.example.net/");
  });

  it("a masked user name keeps the stored one", () => {
    const token = endpointWith(read({ url: "https://t0ken@example.com/x" }));
    expect(patched({ url: "https://***@example.com/y" })(token).userinfo).toEqual({ user: "t0ken", password: "" });
  });

  it("a url without credentials removes the stored ones", () => {
    expect(patched({ url: "https://example.com/x" })(present).userinfo).toBeUndefined();
  });

  it.each([null, 5, "x", [], { url: null }, { eventTypes: null }, { id: "ep_x" }, { secrets: [] }])(
    "a patch is refused with %j",
    (patch) => {
      expect(() => patched(patch)(present)).toThrow(RappelError);
    },
  );
});
