import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../core/fault.ts";
import { parseGcsDestination } from "./destination.ts";

describe("a place in Cloud Storage", () => {
  it("is a bucket and a path", () => {
    assert.deepEqual(parseGcsDestination("gcs://issuer-bucket/a/b/"), { bucket: "issuer-bucket", prefix: "a/b/" });
    assert.deepEqual(parseGcsDestination("gcs://id.example.com"), { bucket: "id.example.com", prefix: "" });
  });

  it("is nothing else", () => {
    for (const text of ["gcs://", "gcs://B/x", "gs://bucket/x", "gcs://bucket/../x", "gcs://bucket/x?y", "gcs://bucket/a//b"]) {
      assert.throws(
        () => parseGcsDestination(text),
        (error) => error instanceof Fault && error.code === "URL_INVALID",
        text,
      );
    }
  });
});
