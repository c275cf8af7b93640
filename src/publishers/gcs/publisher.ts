import { Fault } from "../../core/fault.ts";
import type { HttpRequest, HttpResponse } from "../../core/http.ts";
import { isJsonObject, parseJsonObject } from "../../core/json-object.ts";
import { publishConflict } from "../../core/publish-conflict.ts";
import type { PublicDocument, PublishedDocument, Publisher } from "../../core/publisher.ts";
import { type AdminPorts, adminCall } from "../../platform/cloud-admin/admin-call.ts";
import type { HeldToken } from "../../platform/cloud-admin/admin-token.ts";
import type { GcsDestination } from "./destination.ts";

export interface GcsPublisherInput extends AdminPorts {
  readonly destination: GcsDestination;
  /** The administrator's token. */
  readonly token: HeldToken;
  /** Where Cloud Storage is, without a slash at its end; else Google's own. */
  readonly endpoint?: string | undefined;
}

const ENDPOINT = "https://storage.googleapis.com";

/**
 * The publisher `gcs`: objects below a prefix of a bucket. A document's version is its generation: Cloud Storage compares it in the
 * same step in which it writes, and generation 0 is that of nothing.
 *
 * Beside the port's faults: `ADMIN_ABSENT`, `ADMIN_REFUSED`, `CLOUD_UNAVAILABLE`, `RESOURCE_FAILED`.
 *
 * @see Cloud Storage JSON API v1, Objects: get, insert; Request preconditions
 */
export function gcsPublisher({ destination, token, endpoint = ENDPOINT, ...ports }: GcsPublisherInput): Publisher {
  const { bucket, prefix } = destination;
  const place = `gcs://${bucket}/${prefix.replace(/\/$/, "")}`;
  const call = async (action: string, expected: readonly number[], request: HttpRequest) => {
    const permissionHint = `grant the administrator \`roles/storage.objectUser\` on the bucket ${bucket}`;
    const about = { service: "Cloud Storage", action, expected, request, errorOf, permissionHint };
    return adminCall({ ...about, token }, ports);
  };
  return {
    destination: place,
    placeOf: (path) => `${place}/${path}`,
    read: (path) => readDocument(path, `${endpoint}/storage/v1/b/${bucket}/o/${encodeURIComponent(prefix + path)}`, call),
    async replace(document, expected) {
      const generation = expected ?? "0";
      // A generation is a number: whatever else somebody read cannot be what is there, and the API has no word for it.
      if (!/^\d+$/.test(generation)) throw publishConflict(`${place}/${document.path}`);
      const { body, contentType } = encodeUpload(document, prefix);
      const url = `${endpoint}/upload/storage/v1/b/${bucket}/o?uploadType=multipart&ifGenerationMatch=${generation}`;
      const answer = await call("storage.objects.create", [404, 412], {
        method: "POST",
        url,
        headers: { "content-type": contentType },
        body,
      });
      if (answer.status === 412) throw publishConflict(`${place}/${document.path}`);
      if (answer.status === 404) throw noBucket(bucket);
      // A page of a proxy has the status of a success too.
      parseObject(answer.body, url);
    },
  };
}

type Call = (action: string, expected: readonly number[], request: HttpRequest) => Promise<HttpResponse>;

const READS = 5;

/**
 * Asks for the generation first and then for that one: an object that everybody may read comes from a cache that is as old as its
 * `max-age` allows, and one named by its generation does not.
 */
async function readDocument(path: string, url: string, call: Call): Promise<PublishedDocument | null> {
  for (let attempt = 1; attempt <= READS; attempt++) {
    const about = await call("storage.objects.get", [404], { method: "GET", url });
    if (about.status === 404) return null;
    const { generation: version } = parseObject(about.body, url);
    const media = { method: "GET", url: `${url}?alt=media&generation=${version}` } as const;
    const answer = await call("storage.objects.get", [404], media);
    // Replaced in between, in a bucket that keeps no old versions.
    if (answer.status !== 404) return { body: answer.body, version };
  }
  throw publishConflict(path, "all the time");
}

function parseObject(body: string, url: string): { readonly generation: string } {
  const generation = parseJsonObject(body)?.["generation"];
  if (typeof generation === "string" && /^\d+$/.test(generation)) return { generation };
  throw new Fault("RESPONSE_INVALID", `what answers at ${new URL(url).host} is not Cloud Storage`);
}

/** The object's properties and its content in one request, so that it is never served without its type. */
function encodeUpload(document: PublicDocument, prefix: string): { readonly body: string; readonly contentType: string } {
  const metadata = {
    name: prefix + document.path,
    contentType: document.contentType,
    cacheControl: document.cacheControl,
  };
  const boundary = boundaryOutside(document.body);
  const part = (type: string, content: string): string => `--${boundary}\r\ncontent-type: ${type}\r\n\r\n${content}\r\n`;
  const body = `${part("application/json; charset=utf-8", JSON.stringify(metadata))}${part(document.contentType, document.body)}--${boundary}--`;
  return { body, contentType: `multipart/related; boundary=${boundary}` };
}

/** RFC 2046 §5.1.1: a boundary must not stand in what it bounds. */
function boundaryOutside(content: string): string {
  let boundary = "brevet-document";
  while (content.includes(boundary)) boundary += "-";
  return boundary;
}

function noBucket(bucket: string): Fault {
  return new Fault("RESOURCE_FAILED", `there is no bucket ${bucket} in Cloud Storage`, {
    hints: [`create it: \`gcloud storage buckets create gs://${bucket} --uniform-bucket-level-access\``],
    details: { action: "storage.objects.create", status: 404 },
  });
}

/** `{ error: { message, errors: [{ reason }] } }`. */
function errorOf({ body }: HttpResponse): { readonly code: string; readonly message: string } {
  const error = parseJsonObject(body)?.["error"];
  const { message, errors } = isJsonObject(error) ? error : {};
  const [first] = Array.isArray(errors) ? errors : [];
  const reason = isJsonObject(first) ? first["reason"] : undefined;
  return { code: typeof reason === "string" ? reason : "", message: typeof message === "string" ? message : "" };
}
