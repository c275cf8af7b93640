import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { CreateBucketCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { Fault } from "../../../src/core/fault.ts";
import type { Http } from "../../../src/core/http.ts";
import type { Publisher } from "../../../src/core/publisher.ts";
import { createHttp } from "../../../src/platform/http/create-http.ts";
import { parseDestination } from "../../../src/publishers/s3/destination.ts";
import { s3Publisher } from "../../../src/publishers/s3/publisher.ts";
import { publisherContract } from "../../contracts/publisher.ts";
import { type Moto, startMoto } from "./moto-server.ts";

let moto: Moto;
before(async () => {
  moto = await startMoto();
  Object.assign(process.env, moto.environment);
});
after(() => moto.stop());

function open(text: string): Publisher {
  return s3Publisher({
    destination: parseDestination(text),
    http: createHttp({ environment: {} }),
    invalidationName: randomUUID,
  });
}

async function newBucket(): Promise<string> {
  const bucket = `issuer-${randomUUID()}`;
  await moto.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  return bucket;
}

publisherContract("s3", async () => {
  const place = `s3://${await newBucket()}/laptop?region=us-east-1`;
  return { publisher: open(place), other: () => open(place), close: async () => undefined };
});

describe("the publisher s3", () => {
  const document = {
    path: "keys.json",
    body: '{"keys":[]}',
    contentType: "application/json",
    cacheControl: "public, max-age=300",
  };

  it("writes the type and the cache header that verifiers get", async () => {
    const bucket = await newBucket();
    await open(`s3://${bucket}/laptop`).replace(document, null);
    const head = await moto.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: "laptop/keys.json" }));
    assert.deepEqual([head.ContentType, head.CacheControl], ["application/json", "public, max-age=300"]);
  });

  it("says that a bucket is another's, whatever its name", async () => {
    const http: Http = async () => ({
      status: 403,
      headers: { "content-type": "application/xml" },
      body: "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
    });
    const theirs = s3Publisher({ destination: parseDestination("s3://taken-bucket/x"), http, invalidationName: randomUUID });
    const refused = (error: unknown): boolean =>
      error instanceof Fault && error.code === "ADMIN_REFUSED" && error.message.includes("s3:");
    await assert.rejects(theirs.read("keys.json"), refused);
    await assert.rejects(theirs.replace(document, null), refused);
  });

  it("says that the bucket is not there, and that a distribution is not", async () => {
    const code = (wanted: string) => (error: unknown) => error instanceof Fault && error.details["cloudCode"] === wanted;
    await assert.rejects(open("s3://no-such-bucket-here/laptop").read("keys.json"), code("NoSuchBucket"));
    const place = `s3://${await newBucket()}/laptop?region=us-east-1&distribution=ENOTHERE`;
    await assert.rejects(open(place).replace(document, null), code("NoSuchDistribution"));
  });

  it("reads nothing of a store that names no version: the next write would be by no condition", async () => {
    const bucket = await newBucket();
    const http = createHttp({ environment: {} });
    const nameless: Http = async (request) => {
      const { headers, ...answer } = await http(request);
      return { ...answer, headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "etag")) };
    };
    const place = parseDestination(`s3://${bucket}/laptop`);
    await open(`s3://${bucket}/laptop`).replace(document, null);
    await assert.rejects(
      s3Publisher({ destination: place, http: nameless, invalidationName: randomUUID }).read(document.path),
      (cause) => cause instanceof Fault && cause.code === "RESPONSE_INVALID",
    );
  });
});
