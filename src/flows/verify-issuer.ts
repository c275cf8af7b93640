import { Fault } from "../core/fault.ts";
import type { Http } from "../core/http.ts";
import type { Publisher } from "../core/publisher.ts";
import { shellCommand } from "../core/shell-command.ts";
import type { PublicKey, Signer } from "../core/signer.ts";
import type { FetchedDocument, FetchedIssuer } from "../trust/issuer/issuer-facts.ts";
import { type IssuerJudgement, judgeIssuer } from "../trust/issuer/judge-issuer.ts";
import type { Finding } from "../trust/verdict.ts";
import { DISCOVERY_PATH, parseDiscovery } from "../wire/issuer-documents/discovery.ts";
import { putDocument } from "./put-document.ts";
import { storedDocuments } from "./stored-documents.ts";

export interface VerifiedIssuer {
  readonly issuer: string;
  readonly judgements: readonly IssuerJudgement[];
  /** What holds for every verifier and refuses nothing now. */
  readonly advice: readonly Finding[];
  /** Whether what was fetched is the stored copy now, so that tokens can be signed. */
  readonly remembered: boolean;
}

/** AWS STS gives up on an issuer that takes longer. */
const DEADLINE_MS = 5000;

/**
 * Fetches the documents of a device's issuer as a cloud would, and judges them as each cloud would.
 *
 * If at least one cloud can verify this device's tokens by them, they become the stored copy of what is published: so
 * people who upload by hand tell this machine that they have.
 *
 * @throws {Fault} `ISSUER_DOCUMENT_INVALID` for a JWKS too large to be remembered; `NETWORK_UNREACHABLE`, `NETWORK_TIMEOUT`, `RESPONSE_INVALID`; what the signer raises.
 */
export async function verifyIssuer(
  { issuer }: { readonly issuer: string },
  ports: {
    readonly http: Http;
    readonly signer: Pick<Signer, "publicKeys">;
    /** What holds every key of the device, with those of a rotation; default: the signer. */
    readonly everyKey?: Pick<Signer, "publicKeys">;
    readonly published: Publisher;
  },
): Promise<VerifiedIssuer> {
  const ours: readonly PublicKey[] = await ports.signer.publicKeys();
  const fetched = await fetchIssuer(issuer, ports.http);
  const { judgements, advice } = judgeIssuer(fetched, ours, await ports.everyKey?.publicKeys());
  const usable = judgements.some(({ verdict }) => verdict.outcome === "allowed");
  if (usable && fetched.jwks !== null) {
    for (const document of storedDocuments(issuer, fetched.jwks.body, fetched.jwks.url)) {
      await putDocument(ports.published, document);
    }
  }
  return { issuer, judgements, advice, remembered: usable };
}

/** What an issuer serves: its discovery document, and the JWKS that this names. @throws {Fault} what the network raises. */
export async function fetchIssuer(issuer: string, http: Http): Promise<FetchedIssuer> {
  const get = async (url: string): Promise<FetchedDocument> => {
    const request = { method: "GET", url, headers: { accept: "application/json" }, deadlineMs: DEADLINE_MS } as const;
    try {
      const { status, headers, body } = await http(request);
      return { url, status, headers, body };
    } catch (cause) {
      throw withNextStep(cause, url);
    }
  };
  const discovery = await get(`${issuer}/${DISCOVERY_PATH}`);
  const jwksUri = discovery.status === 200 ? jwksUriOf(discovery) : null;
  return { issuer, discovery, jwks: jwksUri === null ? null : await get(jwksUri) };
}

/** Where the issuer cannot be reached, says what it has to answer. */
function withNextStep(cause: unknown, url: string): unknown {
  if (!(cause instanceof Fault) || !["NETWORK_UNREACHABLE", "NETWORK_TIMEOUT"].includes(cause.code)) return cause;
  const hints = [...cause.hints, `clouds fetch this, so everybody has to be able to: \`${shellCommand`curl ${url}`}\``];
  return cause.told({ hints });
}

/** null where no verifier would go on: the rules tell why. */
function jwksUriOf({ body, url }: FetchedDocument): string | null {
  try {
    const { jwksUri } = parseDiscovery(body, url);
    const { protocol, username, password } = new URL(jwksUri);
    return protocol === "https:" && username === "" && password === "" ? jwksUri : null;
  } catch {
    return null;
  }
}
