import { Fault } from "../core/fault.ts";
import type { Http, HttpResponse } from "../core/http.ts";
import { parseJsonObject } from "../core/json-object.ts";
import type { Notices } from "../core/notices.ts";
import { shellCommand } from "../core/shell-command.ts";
import type { Signer } from "../core/signer.ts";
import { ENDPOINTS } from "../wire/brevet-api/endpoints.ts";
import { signerEntry } from "../wire/brevet-config/signer-choice.ts";
import { chooseSigner, type IdentityBook, type SignerCandidate } from "./create-device.ts";

/** What joining a login server is done with. */
export interface JoinServerPorts {
  readonly http: Http;
  /** Best first; asked for when one is needed. */
  readonly signers: () => Promise<readonly SignerCandidate[]>;
  readonly identities: IdentityBook;
  /** Makes the key of the sessions there, unless one is there. */
  readonly makeKey: (signer: Signer) => Promise<unknown>;
  /** The name of the identity at that server, if there is one. */
  readonly identityAt: (url: string) => Promise<string | null>;
  readonly notices: Notices;
}

/**
 * Adds an identity at a login server to the config, named after the server's host, unless there is one. What holds the session's
 * key is the best signer of this machine.
 *
 * @param url as tokens name the server: an origin, checked by the caller.
 * @returns the name of the identity.
 * @throws {Fault} `PROVIDER_MISMATCH` when something else answers there; faults of the network, the signers, the store and the config.
 */
export async function joinServer(url: string, ports: JoinServerPorts): Promise<string> {
  const { identities, notices } = ports;
  const there = await ports.identityAt(url);
  if (there !== null) return there;
  await requireLoginServer(url, ports.http);
  const { candidate } = await chooseSigner(null, await ports.signers());
  const name = await freeName(new URL(url).hostname, identities);
  // Before the config is written, as for a device: where nothing can keep the key, nothing is left.
  await ports.makeKey(candidate.open(name));
  await identities.add(name, { kind: "server", url, signer: signerEntry(candidate) });
  notices.say(`the identity ${name} is in the config now; the key of its session is held by ${candidate.kind}`);
  return name;
}

/** Before anything is written: a name that was typed wrong leaves nothing. @see OpenID Connect Discovery 1.0 §4.3 */
async function requireLoginServer(url: string, http: Http): Promise<void> {
  const hints = ["look at the URL: it is what the server was started with, `brevet serve --issuer URL`"];
  const { status, body } = await answerOf(`${url}${ENDPOINTS.discovery}`, http, hints);
  if (status !== 200)
    throw new Fault("PROVIDER_MISMATCH", `${url} answers with the status ${status}, not as a login server`, { hints });
  const metadata = parseJsonObject(body) ?? {};
  if (metadata["issuer"] !== url) throw new Fault("PROVIDER_MISMATCH", `${url} is not the issuer that answers there`, { hints });
  if (metadata["token_endpoint"] === `${url}${ENDPOINTS.token}`) return;
  throw new Fault("PROVIDER_MISMATCH", `${url} is an OpenID provider of another make than brevet's`, {
    hints: [`sign in there as at any other: \`${shellCommand`brevet setup oidc --issuer ${url} --client-id ID`}\``],
  });
}

async function answerOf(url: string, http: Http, hints: readonly string[]): Promise<HttpResponse> {
  try {
    return await http({ method: "GET", url });
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== "NETWORK_UNREACHABLE") throw cause;
    throw cause.told({ hints: [...cause.hints, ...hints] });
  }
}

async function freeName(host: string, identities: IdentityBook): Promise<string> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? host : `${host}-${number}`;
    if (!(await identities.has(name))) return name;
  }
}
