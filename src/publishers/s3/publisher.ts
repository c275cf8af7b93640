import { CloudFrontClient, CreateInvalidationCommand } from "@aws-sdk/client-cloudfront";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Fault } from "../../core/fault.ts";
import type { Http } from "../../core/http.ts";
import { publishConflict } from "../../core/publish-conflict.ts";
import type { PublicDocument, PublishedDocument, Publisher } from "../../core/publisher.ts";
import { awsCall, cloudCodeOf, foreignAnswer } from "../../platform/aws-sdk/call.ts";
import { awsClientSettings } from "../../platform/aws-sdk/settings.ts";
import { encodeDestination, type S3Destination } from "./destination.ts";

export interface S3PublisherInput {
  readonly destination: S3Destination;
  readonly http: Http;
  /** Unique in the account: CloudFront takes two invalidations of one name for one. */
  readonly invalidationName: () => string;
}

/** The documents are small: a larger object is not one of them, and is not read. */
const MOST_BYTES = 1_000_000;

/** S3's words for a condition that did not hold, and for two writers at once. */
const LOST_RACE = ["PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"];

/**
 * The publisher `s3`: objects below a prefix, served by the bucket itself or by a CloudFront distribution, whose copies are
 * invalidated after each change. A document's version is its ETag: S3 compares it in the same step in which it writes.
 *
 * Beside the port's faults: `ADMIN_ABSENT`, `ADMIN_REFUSED`, `CLOUD_UNAVAILABLE`, `RESOURCE_FAILED`.
 */
export function s3Publisher({ destination, http, invalidationName }: S3PublisherInput): Publisher {
  const { bucket, prefix, region, distribution } = destination;
  const settings = awsClientSettings({ region, http });
  const s3 = new S3Client({ ...settings, expectContinueHeader: false, forcePathStyle: true });
  const place = encodeDestination(destination);
  const read = async (path: string): Promise<PublishedDocument | null> => {
    const command = new GetObjectCommand({ Bucket: bucket, Key: prefix + path });
    const object = await awsCall("s3:GetObject", () => s3.send(command), ["NoSuchKey"]);
    if (object === null) return null;
    if ((object.ContentLength ?? 0) > MOST_BYTES) {
      throw new Fault(
        "ISSUER_DOCUMENT_INVALID",
        `${place} has ${object.ContentLength} bytes at ${path}, which is no document of an issuer`,
      );
    }
    // Without one the next write would be by no condition, over whatever others have written.
    if (!object.ETag) throw foreignAnswer("s3:GetObject");
    return { body: (await object.Body?.transformToString("utf8")) ?? "", version: object.ETag };
  };
  return {
    destination: place,
    placeOf: (path) => `${place}/${path}`,
    read,
    async replace(document, expected) {
      await put(s3, bucket, prefix, document, expected);
      if (distribution !== null) {
        await invalidate(new CloudFrontClient(settings), distribution, {
          path: `/${prefix}${document.path}`,
          name: invalidationName(),
        });
      }
    },
  };
}

async function put(
  s3: S3Client,
  bucket: string,
  prefix: string,
  document: PublicDocument,
  expected: string | null,
): Promise<void> {
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: prefix + document.path,
    Body: document.body,
    ContentType: document.contentType,
    CacheControl: document.cacheControl,
    ...(expected === null ? { IfNoneMatch: "*" } : { IfMatch: expected }),
  });
  try {
    await awsCall("s3:PutObject", () => s3.send(command));
  } catch (cause) {
    if (!LOST_RACE.includes(cloudCodeOf(cause) ?? "")) throw cause;
    throw publishConflict(`s3://${bucket}/${prefix}${document.path}`, "meanwhile", cause);
  }
}

async function invalidate(
  cloudFront: CloudFrontClient,
  distribution: string,
  { path, name }: { readonly path: string; readonly name: string },
): Promise<void> {
  const command = new CreateInvalidationCommand({
    DistributionId: distribution,
    InvalidationBatch: { CallerReference: name, Paths: { Quantity: 1, Items: [path] } },
  });
  await awsCall("cloudfront:CreateInvalidation", () => cloudFront.send(command));
}
