import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../core/fault.ts";
import { encodeDestination, parseDestination } from "./destination.ts";

describe("a place in S3", () => {
  it("is written as it was read", () => {
    for (const text of [
      "s3://issuer-bucket/laptop-7f3a?region=eu-west-1&distribution=E1ABC",
      "s3://issuer-bucket/a/b?region=us-gov-west-1",
      "s3://issuer-bucket/?region=us-east-1",
    ]) {
      assert.equal(encodeDestination(parseDestination(text)), text);
    }
    assert.deepEqual(parseDestination("s3://issuer-bucket"), {
      bucket: "issuer-bucket",
      prefix: "",
      region: "us-east-1",
      distribution: null,
    });
  });

  it("is nothing else", () => {
    for (const text of [
      "s3://",
      "s3://B/x",
      "s3://bucket/x?zone=a",
      "s3://bucket/x?region=here",
      "s3://bucket/x?distribution=a/b",
      "s3:bucket",
    ]) {
      assert.throws(
        () => parseDestination(text),
        (error) => error instanceof Fault && error.code === "URL_INVALID",
        text,
      );
    }
  });
});
