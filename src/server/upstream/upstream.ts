import type * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { isLoopback } from "../../core/loopback.ts";
import { placeIn } from "../../core/place.ts";
import { Secret } from "../../core/secret.ts";
import { seenOf } from "../../core/visible.ts";
import { upstreamSchema } from "../../wire/brevet-api/upstream.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";
import type { Author } from "../audit/event.ts";
import type { Seal } from "../keys/seal.ts";
import { LONGEST_NAME, parseEmail, parseGroupName } from "../people/names.ts";
import { ADMINISTRATORS } from "../people/person.ts";
import { type Reader, text } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";
import { staleVersion } from "../store/version.ts";

/**
 * The identity provider that an organisation has already, as a gate before the registration of a first key: it vouches for who a
 * person is. It never signs anybody in to this server: only keys do.
 */

/** The provider, checked. */
export type Upstream = v.InferOutput<typeof upstreamSchema>;

/** The provider with the secret that this server has there. */
export interface UpstreamClient {
  readonly upstream: Upstream;
  readonly clientSecret: Secret<string>;
}

/** By whatever URL: a slash at its end, a capital or the usual port lead there too. */
const isGoogle = ({ issuer }: Upstream): boolean => new URL(issuer).hostname === "accounts.google.com";

/** @throws {Fault} `CONFIG_MALFORMED`, `CONFIG_KEY_UNKNOWN`, `URL_INVALID`, `NAME_INVALID` */
export function parseUpstream(raw: unknown): Upstream {
  const upstream = parseOptions(upstreamSchema, raw, placeIn(null, "upstream"));
  const reason = reasonAgainst(upstream.issuer);
  if (reason !== null)
    throw new Fault("URL_INVALID", `${upstream.issuer} cannot be asked who somebody is: ${reason}`, {
      hints: ["write `issuer` as its discovery document has it: `https://accounts.google.com`"],
    });
  const domains = upstream.domains.map((domain) => domain.toLowerCase());
  const wrong = domains.find((domain) => !/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(domain));
  if (wrong !== undefined)
    throw new Fault("NAME_INVALID", `"${wrong}" is not a domain`, { hints: ["write it as `example.com`"] });
  const groups = (upstream.groups ?? []).map(parseGroupName);
  if (groups.includes(ADMINISTRATORS)) {
    throw new Fault("NAME_INVALID", "whoever comes without an invitation must not become an administrator");
  }
  return { ...upstream, domains, groups };
}

function reasonAgainst(issuer: string): string | null {
  if (!URL.canParse(issuer)) return "it is not a URL";
  const { protocol, hostname, hash, search, username, pathname } = new URL(issuer);
  if (protocol !== "https:" && !(protocol === "http:" && isLoopback(hostname))) return "it does not begin with https://";
  if (hash + search + username !== "") return "it has more than a host and a path";
  // At these issuers anybody may have a directory, and chooses the addresses in it.
  const tenant = pathname.split("/")[1] ?? "";
  if (hostname === "login.microsoftonline.com" && !/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(tenant)) {
    return "it has to name one tenant of Entra ID by its id, not all of them";
  }
  return null;
}

/** Who an ID token is about. */
export interface UpstreamPerson {
  readonly email: string;
  readonly name: string;
}

/**
 * Reads the person that the provider names. Signature, issuer, audience, nonce and times are verified already.
 *
 * @throws {Fault} `NAME_INVALID` for a malformed address; `UPSTREAM_REFUSED` for an address that is not verified, or of another
 * domain, and for a claim that is another.
 */
export function readUpstreamPerson(upstream: Upstream, claims: Readonly<Record<string, unknown>>): UpstreamPerson {
  const { name, domains, trustsEmails } = upstream;
  for (const [claim, wanted] of Object.entries(upstream.claims ?? {})) {
    if (claims[claim] !== wanted) throw refused(`${name} does not say \`${claim}\` as it has to be`);
  }
  if (claims["email"] === undefined) throw refused(`${name} does not say your e-mail address`);
  const email = parseEmail(claims["email"]);
  if (claims["email_verified"] !== true && trustsEmails !== true) throw refused(`${name} has not verified the address ${email}`);
  const domain = email.slice(email.lastIndexOf("@") + 1);
  if (!domains.includes(domain)) throw refused(`people of ${domain} do not register here by themselves`);
  // Anybody can have a private Google account with an address of yours, and keep it when they leave.
  const organisation = claims["hd"];
  if (isGoogle(upstream) && !(typeof organisation === "string" && domains.includes(organisation.toLowerCase()))) {
    throw refused(`${email} is a private account at Google, not one of ${domains.join(", ")}`);
  }
  const said = typeof claims["name"] === "string" ? seenOf(claims["name"].slice(0, LONGEST_NAME)) : "";
  return { email, name: said === "" ? email : said };
}

function refused(message: string): Fault {
  return new Fault("UPSTREAM_REFUSED", message, { hints: ["sign in there with another account, or ask an administrator"] });
}

const SECRET_PURPOSE = "secret of the sign-in provider";

/** The settings as the database has them, which a change is based on: a new version after every change. null: none. */
export async function upstreamDocument(reader: Reader): Promise<string | null> {
  const [row] = await reader.read("SELECT value FROM setting WHERE name = 'upstream'");
  return row === undefined ? null : text(row, "value");
}

/** The provider of a document; null: none. */
export function openUpstream(document: string | null, seal: Seal): UpstreamClient | null {
  if (document === null) return null;
  const { sealed, ...upstream } = JSON.parse(document) as Upstream & { sealed: string };
  return { upstream, clientSecret: seal.open(SECRET_PURPOSE, sealed) };
}

/** The provider that is set; null: none. */
export async function readUpstream(reader: Reader, seal: Seal): Promise<UpstreamClient | null> {
  return openUpstream(await upstreamDocument(reader), seal);
}

/** Another provider, or none, to replace the version that it is based on. */
export interface UpstreamChange {
  /** What {@link upstreamDocument} gave. */
  readonly before: string | null;
  readonly client: UpstreamClient | null;
}

/**
 * Collects another provider, or none.
 *
 * @throws {Fault} `VERSION_STALE` at commit when somebody else was faster.
 */
export function replaceUpstream(unit: Unit, seal: Seal, { before, client }: UpstreamChange, by: Author): void {
  const lost = () => staleVersion("the sign-in provider");
  const document =
    client === null
      ? null
      : JSON.stringify({ ...client.upstream, sealed: seal.seal(SECRET_PURPOSE, client.clientSecret.reveal()) });
  if (before !== null && document !== null) {
    unit.claim("UPDATE setting SET value = ? WHERE name = 'upstream' AND value = ?", [document, before], lost);
  } else if (before !== null) {
    unit.claim("DELETE FROM setting WHERE name = 'upstream' AND value = ?", [before], lost);
  } else if (document !== null) {
    unit.claim("INSERT INTO setting (name, value) VALUES ('upstream', ?) ON CONFLICT (name) DO NOTHING", [document], lost);
  }
  const { issuer = null, domains = [], enrols = null, groups = [] } = client?.upstream ?? {};
  unit.record({ name: "upstream.changed", ...by, details: { issuer, domains, enrols, groups } });
}

/** The secret that was given, or the one that is kept: nothing shows it. @throws {Fault} `NAME_INVALID` */
export function clientSecretFor(upstream: Upstream, given: string | undefined, kept: UpstreamClient | null): Secret<string> {
  if (given !== undefined && given !== "") return new Secret(SECRET_PURPOSE, given);
  const same = kept?.upstream.issuer === upstream.issuer && kept.upstream.clientId === upstream.clientId;
  // Sent to another issuer, a kept secret would be given away.
  if (kept !== null && same) return kept.clientSecret;
  throw new Fault("NAME_INVALID", `the secret of the client ${upstream.clientId} at ${upstream.issuer} is missing`, {
    hints: ["type it with the settings; on a command line it is `--secret-file FILE`"],
  });
}
