import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { Fault } from "../../../src/core/fault.ts";
import type { Publisher } from "../../../src/core/publisher.ts";
import { googleAdminToken, heldToken } from "../../../src/platform/cloud-admin/admin-token.ts";
import { createHttp } from "../../../src/platform/http/create-http.ts";
import { parseGcsDestination } from "../../../src/publishers/gcs/destination.ts";
import { gcsPublisher } from "../../../src/publishers/gcs/publisher.ts";
import { publisherContract } from "../../contracts/publisher.ts";
import { type FakeGcs, startFakeGcs } from "./fake-gcs.ts";

let storage: FakeGcs;
before(async () => {
  storage = await startFakeGcs();
});
after(() => storage.stop());

function open(text: string): Publisher {
  return gcsPublisher({
    destination: parseGcsDestination(text),
    http: createHttp({ environment: {} }),
    token: heldToken(() => googleAdminToken(storage.environment)),
    endpoint: storage.url,
  });
}

async function newBucket(): Promise<string> {
  const bucket = `issuer-${randomUUID()}`;
  await storage.makeBucket(bucket);
  return bucket;
}

publisherContract("gcs", async () => {
  const place = `gcs://${await newBucket()}/laptop`;
  return { publisher: open(place), other: () => open(place), close: async () => undefined };
});

describe("the publisher gcs", () => {
  const document = {
    path: "keys.json",
    body: '{"keys":[]}',
    contentType: "application/json",
    cacheControl: "public, max-age=300",
  };

  it("writes the type and the cache header that verifiers get, where the issuer URL leads", async () => {
    const bucket = await newBucket();
    await open(`gcs://${bucket}/laptop`).replace(document, null);
    const url = `${storage.url}/storage/v1/b/${bucket}/o/laptop%2Fkeys.json?alt=media`;
    const { headers, body } = await createHttp({ environment: {} })({ method: "GET", url });
    assert.deepEqual(
      [headers["content-type"], headers["cache-control"], body],
      [document.contentType, document.cacheControl, document.body],
    );
  });

  it("writes a document that holds the words it would have bounded it by", async () => {
    const publisher = open(`gcs://${await newBucket()}`);
    const body = "--brevet-document\r\n--brevet-document---\r\n";
    await publisher.replace({ ...document, body }, null);
    assert.equal((await publisher.read("keys.json"))?.body, body);
  });

  it("says that the bucket is not there", async () => {
    const publisher = open("gcs://no-such-bucket-here/laptop");
    assert.equal(await publisher.read("keys.json"), null);
    await assert.rejects(
      publisher.replace(document, null),
      (error) => error instanceof Fault && error.code === "RESOURCE_FAILED" && error.details["status"] === 404,
    );
  });
});
