import { join } from "node:path";
import { digestOf } from "../core/digest.ts";
import { Fault } from "../core/fault.ts";
import type { Http, HttpResponse } from "../core/http.ts";
import type { PrivateFiles } from "../platform/private-files.ts";

/** A provider's public documents as they were fetched: its metadata and its keys. */
export interface KeptDocuments {
  /**
   * The document at a URL: the kept one while `serves` says so, else what the provider answers now, who is asked whether it has
   * changed. Only a good answer is kept.
   *
   * @throws {Fault} of the Http port.
   */
  get(url: string, http: Http, serves: (document: KeptDocument) => boolean): Promise<HttpResponse>;
}

/** One document, with the validators that it came with (RFC 9110 §8.8). */
export interface KeptDocument {
  readonly url: string;
  /** Epoch seconds of the last time that the provider said it is current. */
  readonly checkedAt: number;
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly contentType: string;
  readonly body: string;
}

/**
 * Keeps them in a folder of the cache, in clear: they are public. Nothing is trusted for being kept: whoever could write there
 * could write the config too.
 */
export function keptDocuments(files: PrivateFiles, folder: string, now: () => number): KeptDocuments {
  return {
    async get(url, http, serves) {
      const file = join(folder, `${digestOf(url).slice(0, 32)}.json`);
      const kept = parseDocument(files.read(file), url);
      if (kept !== null && serves(kept)) return answerOf(kept);
      const answer = await http({ method: "GET", url, headers: { accept: "application/json", ...validators(kept) } });
      if (answer.status === 304 && kept !== null) return answerOf(keep(file, { ...kept, checkedAt: now() }));
      if (answer.status === 200) keep(file, documentOf(url, answer));
      return answer;
    },
  };

  function keep(file: string, document: KeptDocument): KeptDocument {
    try {
      files.replace(file, Buffer.from(JSON.stringify(document)), "passing");
    } catch (cause) {
      // On a full disk the document is fetched again each time; the session that needs it works all the same.
      if (!(cause instanceof Fault)) throw cause;
    }
    return document;
  }

  function documentOf(url: string, { headers, body }: HttpResponse): KeptDocument {
    const { etag = null, "last-modified": lastModified = null, "content-type": contentType = "application/json" } = headers;
    return { url, checkedAt: now(), etag, lastModified, contentType, body };
  }
}

function validators(kept: KeptDocument | null): Readonly<Record<string, string>> {
  if (kept === null) return {};
  return {
    ...(kept.etag === null ? {} : { "if-none-match": kept.etag }),
    ...(kept.lastModified === null ? {} : { "if-modified-since": kept.lastModified }),
  };
}

function answerOf({ contentType, body }: KeptDocument): HttpResponse {
  return { status: 200, headers: { "content-type": contentType }, body };
}

/** A document that cannot be read, or is of another URL, is fetched again. */
function parseDocument(bytes: Uint8Array | null, url: string): KeptDocument | null {
  if (bytes === null) return null;
  try {
    const document = JSON.parse(Buffer.from(bytes).toString("utf8")) as KeptDocument;
    return document.url === url && typeof document.body === "string" && typeof document.checkedAt === "number" ? document : null;
  } catch {
    return null;
  }
}
