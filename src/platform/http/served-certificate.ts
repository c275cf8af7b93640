import { connect, rootCertificates } from "node:tls";
import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import type { ResolveRule } from "./engine.ts";

/** The certificate that a host shows, judged by public authorities alone. */
export interface ServedCertificate {
  /** Why it is not trusted, as the TLS library names it; null: a public authority vouches for it, and it is the host's. */
  readonly refusedFor: string | null;
  /** Who signed it, by the name in it. */
  readonly authority: string;
  readonly expiresAt: EpochSeconds;
}

/** Longer than a handshake takes anywhere. */
const DEADLINE_MS = 5000;

/**
 * Looks at the certificate of an `https:` URL, trusting only the authorities that come with the runtime (Mozilla's list): neither this
 * machine's own nor `NODE_EXTRA_CA_CERTS` counts, because no cloud has them. It goes there directly, past proxies, which may show
 * a certificate of their own.
 *
 * @throws {Fault} `NETWORK_UNREACHABLE`, `NETWORK_TIMEOUT`
 */
export function servedCertificate(
  url: URL,
  { resolve, roots = rootCertificates }: { readonly resolve: readonly ResolveRule[]; readonly roots?: readonly string[] },
): Promise<ServedCertificate> {
  const rule = resolve.find(({ host }) => host === url.hostname);
  const port = url.port === "" ? 443 : Number(url.port);
  return new Promise((seen, failed) => {
    const socket = connect({
      host: rule?.address ?? url.hostname,
      port: rule?.addressPort ?? port,
      servername: url.hostname,
      ca: [...roots],
      rejectUnauthorized: false,
    });
    const fail = (fault: Fault): void => {
      socket.destroy();
      failed(fault);
    };
    socket.setTimeout(DEADLINE_MS, () => fail(new Fault("NETWORK_TIMEOUT", `${url.host} did not answer in time`)));
    socket.once("error", (cause) => fail(new Fault("NETWORK_UNREACHABLE", `${url.host} cannot be reached directly`, { cause })));
    socket.once("secureConnect", () => {
      const { issuer, valid_to: validTo } = socket.getPeerCertificate();
      seen({
        refusedFor: socket.authorized ? null : reasonOf(socket.authorizationError),
        authority: nameOf(issuer?.O ?? issuer?.CN),
        expiresAt: Math.floor(Date.parse(validTo) / 1000),
      });
      socket.destroy();
    });
  });
}

/** OpenSSL's code, which Node gives as an error or as its text. */
function reasonOf(problem: Error | string | undefined): string {
  if (typeof problem === "string") return problem;
  const code = problem !== undefined && "code" in problem ? problem.code : undefined;
  return typeof code === "string" ? code : "it is not trusted";
}

function nameOf(value: string | readonly string[] | undefined): string {
  return (typeof value === "string" ? value : value?.[0]) ?? "an authority without a name";
}
