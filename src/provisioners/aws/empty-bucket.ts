import { DeleteObjectsCommand, ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";
import { Fault } from "../../core/fault.ts";
import { awsCall } from "../../platform/aws-sdk/call.ts";

/** A bucket that somebody shares may hold thousands. */
const MOST_NAMED = 5;

/**
 * Deletes every version of every document of one issuer, which CloudFormation asks for before it deletes a bucket.
 *
 * @param path the issuer's path below the host. What is elsewhere was published by another device.
 * @throws {Fault} `PLAN_CONFLICT` when the bucket holds documents of others; then nothing was deleted.
 */
export async function emptyBucket(s3: S3Client, bucket: string, path: string): Promise<void> {
  const objects = await versionsIn(s3, bucket);
  const foreign = [...new Set(objects.map(({ Key }) => Key))].filter((key) => !key.startsWith(`${path}/`));
  if (foreign.length > 0) {
    const named = foreign.slice(0, MOST_NAMED);
    const shown = named.length < foreign.length ? [...named, `and ${foreign.length - named.length} more`] : named;
    throw new Fault("PLAN_CONFLICT", `the bucket ${bucket} holds documents of other issuers (${shown.join(", ")}), so it stays`, {
      details: { bucket, foreign: named },
    });
  }
  // As many as one call takes.
  for (let start = 0; start < objects.length; start += 1000) {
    const Objects = objects.slice(start, start + 1000);
    const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
    const { Errors: errors = [] } = await awsCall("s3:DeleteObjectVersion", () => s3.send(command));
    const [first] = errors;
    if (first !== undefined) {
      const code = first.Code === "AccessDenied" ? "ADMIN_REFUSED" : "RESOURCE_FAILED";
      throw new Fault(code, `${first.Key} in the bucket ${bucket} cannot be deleted: ${first.Message ?? first.Code}`, {
        details: { action: "s3:DeleteObjectVersion", cloudCode: first.Code ?? null },
      });
    }
  }
}

interface Version {
  readonly Key: string;
  readonly VersionId: string;
}

async function versionsIn(s3: S3Client, bucket: string): Promise<readonly Version[]> {
  const found: Version[] = [];
  let marks: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } = {};
  for (;;) {
    const command = new ListObjectVersionsCommand({ Bucket: bucket, ...marks });
    const page = await awsCall("s3:ListBucketVersions", () => s3.send(command), ["NoSuchBucket"]);
    for (const { Key, VersionId } of [...(page?.Versions ?? []), ...(page?.DeleteMarkers ?? [])]) {
      if (Key !== undefined && VersionId !== undefined) found.push({ Key, VersionId });
    }
    if (page?.IsTruncated !== true) return found;
    marks = {
      ...(page.NextKeyMarker === undefined ? {} : { KeyMarker: page.NextKeyMarker }),
      ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
    };
  }
}
