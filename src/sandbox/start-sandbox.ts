import type { Clock } from "../core/time.ts";
import { OUTBOUND_HOST } from "./aws-outbound/outbound-federation.ts";
import { type CannedAnswer, type CannedQueue, cannedQueue } from "./canned-answers.ts";
import { openIamFolder } from "./iam/iam-folder.ts";
import { documentFetcher } from "./issuers/fetch-document.ts";
import { type IssuerMapping, servedHosts } from "./issuers/mapping.ts";
import { serveIssuer } from "./issuers/serve-issuer.ts";
import { verificationKeys } from "./issuers/verification-keys.ts";
import { type Listener, type ListenerAnswer, listen } from "./listen.ts";
import type { RequestRecord, SandboxRequest, SandboxService } from "./service.ts";
import { sandboxServices } from "./services.ts";
import { openAuthority } from "./tls/certificates.ts";

/** What a sandbox is started with. */
export interface SandboxOptions {
  /** Its IAM, its CA and the key of its session tokens; made when it is absent. */
  readonly folder: string;
  /** 0: any free port. */
  readonly port?: number;
  readonly issuers: readonly IssuerMapping[];
  readonly clock: Pick<Clock, "now">;
  /** The region of a loopback address; default us-east-1. */
  readonly region?: string;
  /** The address that requests seem to come from; without one, policies that test `aws:SourceIp` stay undecided. */
  readonly sourceIp?: string;
  /** Misbehaviours for the first requests. */
  readonly answers?: readonly CannedAnswer[];
  /** Is told of each request. */
  readonly log: (record: RequestRecord) => void;
}

/** A running sandbox. */
export interface Sandbox {
  /** `https://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL_STS`. */
  readonly url: string;
  /** The path of its CA certificate, for `AWS_CA_BUNDLE`. */
  readonly caFile: string;
  /** Gives this misbehaviour to the next request. */
  misbehave(answer: CannedAnswer): void;
  close(): Promise<void>;
}

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "::1"];

/**
 * Starts the local stand-ins: one HTTPS server on 127.0.0.1 for every service of the registry and for the published
 * folders of mapped issuers, told apart by host name.
 *
 * @throws {Fault} `SANDBOX_INVALID` for files that it could not serve; `SANDBOX_PORT_TAKEN`; the faults of its private files.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { folder, issuers, clock, log } = options;
  const now = () => clock.now();
  const authority = await openAuthority(folder, now);
  const iam = openIamFolder(folder);
  iam.check();
  const canned = cannedQueue(options.answers ?? []);
  let listener: Listener | null = null;
  const ownAddress = () => ({ host: "127.0.0.1", port: listener?.port ?? 0 });
  const fetchDocument = documentFetcher({
    issuers,
    caCertificate: authority.caCertificate,
    isOwnHost: (host) => OUTBOUND_HOST.test(host),
    ownAddress,
  });
  const services = sandboxServices({
    folder,
    iam,
    findKey: verificationKeys(fetchDocument, now),
    now,
    region: options.region ?? "us-east-1",
    sourceIp: options.sourceIp ?? null,
  });
  const hosts = servedHosts(issuers);
  listener = await listen({
    authority,
    names: [...LOOPBACK_NAMES, ...hosts, ...services.flatMap((service) => service.certifiedHosts)],
    port: options.port ?? 0,
    now,
    answer: (request) => route(request, { services, issuers, hosts, canned, log }),
  });
  return { url: `https://127.0.0.1:${listener.port}`, caFile: authority.caFile, misbehave: canned.add, close: listener.close };
}

interface Routes {
  readonly services: readonly SandboxService[];
  readonly issuers: readonly IssuerMapping[];
  readonly hosts: readonly string[];
  readonly canned: CannedQueue;
  readonly log: (record: RequestRecord) => void;
}

async function route(request: SandboxRequest, routes: Routes): Promise<ListenerAnswer> {
  const hostname = request.host.replace(/:\d+$/, "");
  if (routes.hosts.includes(hostname)) {
    const answer = await serveIssuer(routes.issuers, { method: request.method, host: hostname, path: request.path });
    const { status } = answer;
    routes.log({
      service: "issuer",
      action: `${hostname}${request.path}`,
      status,
      code: null,
      summary: answer.headers["content-type"] ?? "",
      findings: [],
    });
    return answer;
  }
  const isLoopback = LOOPBACK_NAMES.includes(hostname.replace(/[[\]]/g, ""));
  const service = routes.services.find((each) => each.hasHost(hostname) || (isLoopback && each.wants(request)));
  if (service === undefined) {
    return { status: 404, headers: { "content-type": "text/plain; charset=utf-8" }, body: "no stand-in serves this address\n" };
  }
  const change = routes.canned.take(service.actionOf(request));
  if (change?.replace) {
    const { status } = change.replace;
    routes.log({
      service: service.name,
      action: service.actionOf(request),
      status,
      code: "canned",
      summary: "as was asked for",
      findings: [],
    });
    return { ...change.replace, ...change.delivery };
  }
  const { answer, record } = await service.answer(request);
  routes.log(record);
  return { ...answer, ...change?.delivery };
}
