import { Fault } from "../../core/fault.ts";

/** Where documents are in Cloud Storage. */
export interface GcsDestination {
  readonly bucket: string;
  /** Before each document's path: empty, or with a slash at its end. */
  readonly prefix: string;
}

/** Names of buckets: 3 to 63 characters; longer ones, up to 222, are domain names. */
const PLACE = /^gcs:\/\/([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])((?:\/[A-Za-z0-9._~-]+)*)\/?$/;

/**
 * Reads `gcs://bucket/laptop-7f3a`.
 *
 * @throws {Fault} `URL_INVALID`
 */
export function parseGcsDestination(text: string): GcsDestination {
  const [, bucket = "", path = ""] = PLACE.exec(text) ?? [];
  // A URL parser would remove these, and the objects would not be where the issuer says.
  const isSound = bucket !== "" && !path.split("/").some((part) => part === "." || part === "..");
  if (!isSound) {
    throw new Fault("URL_INVALID", `"${text}" is not a place in Cloud Storage`, { hints: ["write it as `gcs://BUCKET/PATH`"] });
  }
  return { bucket, prefix: path === "" ? "" : `${path.slice(1)}/` };
}
