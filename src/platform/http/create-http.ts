import { Fault } from "../../core/fault.ts";
import type { Http, HttpRequest, HttpResponse } from "../../core/http.ts";
import { isLoopback } from "../../core/loopback.ts";
import type { Environment } from "../paths.ts";
import { bunEngine } from "./bun-engine.ts";
import { type Authorities, CA_FILE_FLAG, certificateAuthorities } from "./certificate-authorities.ts";
import type { ClientCertificate, Engine, Outgoing, ResolveRule } from "./engine.ts";
import { isMetadataService } from "./metadata-service.ts";
import { isUntrusted, networkFault } from "./network-fault.ts";
import { proxyFor } from "./proxy.ts";

/** How an {@link Http} reaches the world. */
export interface HttpOptions {
  /** Where proxies and certificate files are named. */
  readonly environment: Environment;
  /**
   * A PEM file of certificate authorities that are trusted besides the runtime's; null: the command takes one, and was given
   * none.
   */
  readonly caFile?: string | null;
  /** Connections that go elsewhere than DNS says. For verifiers only: no profile reaches it. */
  readonly resolve?: readonly ResolveRule[];
  /** Who we are to a host that asks for a certificate (RFC 8705). */
  readonly clientCertificate?: ClientCertificate;
  /** Whether plain HTTP may also go to the metadata services of clouds, which speak nothing else. */
  readonly metadataServices?: true;
}

const DEADLINE_MS = 10_000;
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * The Http port on `node:https` or, inside Bun, on its `fetch`. Nothing is loaded or read before the first request.
 *
 * @throws {Fault} besides the port's own: `URL_INVALID` for a URL or a proxy that is never called; `FILE_UNREADABLE` for a
 * certificate file.
 */
export function createHttp({ environment, caFile, resolve = [], metadataServices, clientCertificate }: HttpOptions): Http {
  const authorityFlag = caFile === undefined ? undefined : CA_FILE_FLAG;
  let trusted: Promise<Authorities> | undefined;
  return async (request) => {
    const url = parseTarget(request.url, metadataServices === true ? isMetadataService : () => false);
    const rule = resolve.find(({ host, port }) => host === url.hostname && port === Number(url.port || "443")) ?? null;
    const outgoing = {
      request,
      url,
      maxBodyBytes: request.maxBodyBytes ?? MAX_BODY_BYTES,
      deadline: deadlineOf(request),
      proxy: rule === null ? await proxyFor(url, environment) : null,
      resolve: rule,
      clientCertificate: clientCertificate ?? null,
    };
    if (url.protocol !== "https:") return exchange({ ...outgoing, authorities: null }, environment);
    trusted ??= certificateAuthorities(environment, caFile ?? undefined);
    const { certificates, wider } = await trusted;
    try {
      return await exchange({ ...outgoing, authorities: certificates }, environment, authorityFlag);
    } catch (error) {
      // Nothing was sent to a host that did not prove who it is, so the request may be made again.
      if (wider === null || !isUntrusted(error)) throw error;
      trusted = wider();
      return exchange({ ...outgoing, authorities: (await trusted).certificates }, environment, authorityFlag);
    }
  };
}

/** What makes a late body has a deadline of its own; if it fails, nobody waits for the connection any more. */
function deadlineOf({ body, deadlineMs = DEADLINE_MS }: HttpRequest): AbortSignal {
  if (typeof body !== "object") return AbortSignal.timeout(deadlineMs);
  const controller = new AbortController();
  const begin = (): void => {
    setTimeout(() => controller.abort(new DOMException("the deadline has passed", "TimeoutError")), deadlineMs).unref();
  };
  body.text().then(begin, (fault: unknown) => controller.abort(fault));
  return controller.signal;
}

async function exchange(outgoing: Outgoing, environment: Environment, authorityFlag?: string): Promise<HttpResponse> {
  try {
    const engine = await loadEngine(outgoing);
    return await engine(outgoing);
  } catch (error) {
    throw networkFault(error, outgoing, environment, authorityFlag);
  }
}

/**
 * Bun's `fetch` cannot connect elsewhere than the URL says, and shows a client's certificate to a proxy that speaks TLS too: for
 * these the engine that can do it.
 */
async function loadEngine({ resolve, proxy, clientCertificate }: Outgoing): Promise<Engine> {
  const isShownToProxy = clientCertificate !== null && proxy?.protocol === "https:";
  if ("bun" in process.versions && resolve === null && !isShownToProxy) return bunEngine;
  return (await import("./node-engine.ts")).nodeEngine;
}

function parseTarget(text: string, mayBePlain: (hostname: string) => boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new Fault("URL_INVALID", `"${text}" is not an https: URL`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new Fault("URL_INVALID", `the URL of ${url.host} holds a user name or a password, which brevet never sends`);
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname) && !mayBePlain(url.hostname)) {
    throw new Fault("URL_INVALID", `${url.href} is not encrypted: http: is only for addresses of this machine`, {
      hints: [`use \`https://${url.host}\``],
    });
  }
  return url;
}
