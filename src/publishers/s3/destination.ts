import { Fault } from "../../core/fault.ts";

/** Where documents are in S3, and what serves them. */
export interface S3Destination {
  readonly bucket: string;
  /** Before each document's path: empty, or with a slash at its end. */
  readonly prefix: string;
  readonly region: string;
  /** The CloudFront distribution that caches them; null: none does. */
  readonly distribution: string | null;
}

const FORM = "write it as `s3://BUCKET/PATH?region=us-east-1`, with `&distribution=ID` if CloudFront serves it";

/**
 * Reads `s3://bucket/laptop-7f3a?region=us-east-1&distribution=E1ABC`.
 *
 * @throws {Fault} `URL_INVALID`
 */
export function parseDestination(text: string): S3Destination {
  const [, bucket = "", path = "", query = ""] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(\/[^?#]*)?(?:\?([^#]*))?$/.exec(text) ?? [];
  const parameters = new URLSearchParams(query);
  const region = parameters.get("region") ?? "us-east-1";
  const distribution = parameters.get("distribution");
  const unknown = [...parameters.keys()].find((name) => name !== "region" && name !== "distribution");
  const isSound =
    bucket !== "" &&
    unknown === undefined &&
    /^[a-z]{2,5}(-[a-z]+){1,3}-\d{1,2}$/.test(region) &&
    /^[A-Z0-9]*$/.test(distribution ?? "");
  if (!isSound) throw new Fault("URL_INVALID", `"${text}" is not a place in S3`, { hints: [FORM] });
  const prefix = path.replace(/^\/+|\/+$/g, "");
  return { bucket, prefix: prefix === "" ? "" : `${prefix}/`, region, distribution };
}

/** The reverse of {@link parseDestination}. */
export function encodeDestination({ bucket, prefix, region, distribution }: S3Destination): string {
  const query = new URLSearchParams({ region, ...(distribution === null ? {} : { distribution }) });
  return `s3://${bucket}/${prefix.replace(/\/$/, "")}?${query}`;
}
