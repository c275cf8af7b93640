import { Fault } from "../../core/fault.ts";
import type { HttpRequest, HttpResponse } from "../../core/http.ts";
import { publishConflict } from "../../core/publish-conflict.ts";
import type { Publisher } from "../../core/publisher.ts";
import type { Clock } from "../../core/time.ts";
import { type AdminPorts, adminCall } from "../../platform/cloud-admin/admin-call.ts";
import type { HeldToken } from "../../platform/cloud-admin/admin-token.ts";
import type { AzureBlobDestination } from "./destination.ts";

export interface AzureBlobPublisherInput extends AdminPorts {
  readonly destination: AzureBlobDestination;
  readonly clock: Clock;
  /** The administrator's token for `https://storage.azure.com/`. */
  readonly token: HeldToken;
}

/** The first that takes Bearer tokens is 2017-11-09. */
const API_VERSION = "2021-12-02";

/** Azure's code for a blob that `If-None-Match: *` found. Other conflicts, such as a leased blob, are no lost race. */
const EXISTS = "BlobAlreadyExists";

/**
 * The publisher `azure-blob`: block blobs below a path. A document's version is its ETag: Azure compares it in the same step in
 * which it writes.
 *
 * Beside the port's faults: `ADMIN_ABSENT`, `ADMIN_REFUSED`, `CLOUD_UNAVAILABLE`, `RESOURCE_FAILED`.
 *
 * @see Blob Storage REST API, Get Blob, Put Blob; Specifying conditional headers
 */
export function azureBlobPublisher({ destination, clock, token, ...ports }: AzureBlobPublisherInput): Publisher {
  const call = async (action: string, expected: readonly number[], request: HttpRequest): Promise<HttpResponse> => {
    const headers = {
      ...request.headers,
      "x-ms-version": API_VERSION,
      "x-ms-date": new Date(clock.now() * 1000).toUTCString(),
    };
    return adminCall(
      {
        service: "Azure Blob Storage",
        action,
        expected,
        request: { ...request, headers },
        token,
        errorOf,
        permissionHint:
          "assign the administrator the role `Storage Blob Data Contributor` on the storage account: being its owner is not enough",
      },
      ports,
    );
  };
  return {
    destination: destination.text,
    placeOf: (path) => `${destination.text}/${path}`,
    async read(path) {
      const url = destination.url + path;
      const answer = await call("Get Blob", [404], { method: "GET", url });
      if (answer.status === 404) return requireContainer(answer, destination);
      return { body: answer.body, version: etagOf(answer, url) };
    },
    async replace(document, expected) {
      const place = `${destination.text}/${document.path}`;
      // Whatever else somebody read cannot be what is there, and the header would not take it.
      if (expected !== null && !isEtag(expected)) throw publishConflict(place);
      const answer = await call("Put Blob", [404, 409, 412], {
        method: "PUT",
        url: destination.url + document.path,
        headers: {
          "content-type": document.contentType,
          "x-ms-blob-type": "BlockBlob",
          "x-ms-blob-cache-control": document.cacheControl,
          ...(expected === null ? { "if-none-match": "*" } : { "if-match": expected }),
        },
        body: document.body,
      });
      if (answer.status === 404) requireContainer(answer, destination);
      if (answer.status === 412 || codeOf(answer) === EXISTS) throw publishConflict(place);
      if (answer.status >= 400) throw failed(answer, place);
      // A page of a proxy has the status of a success too.
      etagOf(answer, destination.url);
    },
  };
}

/** @throws {Fault} `RESOURCE_FAILED` if it is not the blob that is missing. */
function requireContainer(answer: HttpResponse, { text, url }: AzureBlobDestination): null {
  if (codeOf(answer) !== "ContainerNotFound") return null;
  const { hostname, pathname } = new URL(url);
  const [account, name] = [hostname.split(".")[0], pathname.split("/")[1]];
  throw new Fault("RESOURCE_FAILED", `there is no container at ${text}`, {
    hints: [
      `create it: \`az storage container create --account-name ${account} --auth-mode login --public-access blob --name ${name}\``,
    ],
    details: { action: "Get Blob", cloudCode: "ContainerNotFound" },
  });
}

function failed(answer: HttpResponse, place: string): Fault {
  const { code } = errorOf(answer);
  return new Fault("RESOURCE_FAILED", `${place} cannot be written: ${code || `status ${answer.status}`}`, {
    details: { action: "Put Blob", cloudCode: code, status: answer.status },
  });
}

function etagOf({ headers }: HttpResponse, url: string): string {
  const { etag = "" } = headers;
  if (isEtag(etag)) return etag;
  throw new Fault("RESPONSE_INVALID", `what answers at ${new URL(url).host} is not Blob Storage`);
}

function isEtag(text: string): boolean {
  return /^"[\x21\x23-\x7e]+"$/.test(text);
}

function codeOf({ headers }: HttpResponse): string {
  return headers["x-ms-error-code"] ?? "";
}

/** The code is in a header. The message is in the XML, followed by lines with a request id and the time. */
function errorOf(answer: HttpResponse): { readonly code: string; readonly message: string } {
  const [, message = ""] = /<Message>([^<\n]*)/.exec(answer.body) ?? [];
  return { code: codeOf(answer), message };
}
