import { disputedIds } from "../../wire/jwk/key-ids.ts";
import type { Finding } from "../verdict.ts";
import type { FetchedDocument, IssuerFacts } from "./issuer-facts.ts";

/** Looks at one thing; null when that is as a verifier needs it. */
export type IssuerRule = (facts: IssuerFacts) => Finding | null;

const DISCOVERY = "https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata";
const AWS_UNREACHABLE = "https://repost.aws/knowledge-center/iam-sts-invalididentitytoken";

/** RFC 7518 §6.2.2, §6.3.2, §6.4. */
const PRIVATE_MEMBERS: readonly string[] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/** What nobody but this device may have put among its keys, wherever these are. */
export const KEY_SET_RULES: readonly IssuerRule[] = [ownIdsAreOwn, noPrivateKeys];

/** What every verifier needs of the documents, in the order in which it finds out. */
export const DOCUMENT_RULES: readonly IssuerRule[] = [
  ({ fetched }) => served(fetched.discovery),
  ({ fetched, discovery }) => (fetched.discovery.status === 200 ? readable(fetched.discovery, discovery) : null),
  issuerIsExact,
  jwksIsSecure,
  jwksIsPublic,
  ({ fetched }) => (fetched.jwks === null ? null : served(fetched.jwks)),
  ({ fetched, keys }) => (fetched.jwks === null || fetched.jwks.status !== 200 ? null : readable(fetched.jwks, keys)),
  ...KEY_SET_RULES,
];

/** AWS asks for status 200, and nobody says that its verifier follows a redirect. */
function served({ url, status, headers }: FetchedDocument): Finding | null {
  if (status === 200) return null;
  const { location } = headers;
  const redirect = status >= 300 && status < 400;
  return {
    at: url,
    wanted: ["200"],
    saw: [redirect && location !== undefined ? `${status} to ${location}` : String(status)],
    meaning: redirect
      ? "verifiers do not follow redirects: serve the document at this URL itself"
      : "the document is not public at this URL",
    source: AWS_UNREACHABLE,
  };
}

function readable({ url, body }: FetchedDocument, reading: IssuerFacts["discovery"] | IssuerFacts["keys"]): Finding | null {
  if (!("problem" in reading)) return null;
  return {
    at: url,
    wanted: ["the document that `brevet issuer generate` writes"],
    saw: [body.trimStart().startsWith("<") ? "HTML" : `${body.length} characters`],
    meaning: reading.problem,
    source: DISCOVERY,
  };
}

function issuerIsExact({ fetched, discovery }: IssuerFacts): Finding | null {
  if (!("value" in discovery) || discovery.value.issuer === fetched.issuer) return null;
  return {
    at: `${fetched.discovery.url} issuer`,
    wanted: [fetched.issuer],
    saw: [discovery.value.issuer],
    meaning: "the document belongs to another issuer: verifiers compare it with the `iss` of the token byte for byte",
    source: DISCOVERY,
  };
}

/** An attack, and no accident: whoever can write the documents signs in as this device by the key that he put there. */
function ownIdsAreOwn({ fetched, keys, ours }: IssuerFacts): Finding | null {
  if (!("value" in keys) || fetched.jwks === null) return null;
  const disputed = disputedIds(
    keys.value,
    ours.map(({ kid }) => kid),
  );
  if (disputed.length === 0) return null;
  return {
    at: fetched.jwks.url,
    wanted: disputed,
    saw: keys.value.map(({ kid }) => kid ?? "(no kid)"),
    meaning: `another key is published under ${disputed.join(" and ")}, or that one twice: whoever put it there can sign in as this device. \`brevet issuer publish\` takes it out; find out who can write there`,
    source: "https://www.rfc-editor.org/rfc/rfc7638#section-1",
  };
}

function noPrivateKeys({ fetched, keys, ours }: IssuerFacts): Finding | null {
  if (!("value" in keys) || fetched.jwks === null) return null;
  const leaked = keys.value.filter(
    ({ kid, members }) => ours.some((key) => key.kid === kid) && PRIVATE_MEMBERS.some((member) => member in members),
  );
  if (leaked.length === 0) return null;
  return {
    at: fetched.jwks.url,
    wanted: ["public members only"],
    saw: leaked.map(({ kid }) => kid ?? "(no kid)"),
    meaning:
      "the private key of this device is published here: whoever has read it can sign by it. Replace it: `brevet issuer rotate`",
    source: "https://www.rfc-editor.org/rfc/rfc7517#section-9.2",
  };
}

function jwksIsSecure({ fetched, discovery }: IssuerFacts): Finding | null {
  if (!("value" in discovery) || /^https:\/\/[^/]/.test(discovery.value.jwksUri)) return null;
  return {
    at: `${fetched.discovery.url} jwks_uri`,
    wanted: ["https://…"],
    saw: [discovery.value.jwksUri],
    meaning: "keys that did not come over TLS could be anybody's",
    source: DISCOVERY,
  };
}

/** A URL with a name and a password, or no URL at all: fetching it would tell less than this. */
function jwksIsPublic({ fetched, discovery }: IssuerFacts): Finding | null {
  if (!("value" in discovery) || !discovery.value.jwksUri.startsWith("https://")) return null;
  const { jwksUri } = discovery.value;
  const url = URL.canParse(jwksUri) ? new URL(jwksUri) : null;
  if (url !== null && url.username === "" && url.password === "") return null;
  return {
    at: `${fetched.discovery.url} jwks_uri`,
    wanted: ["https://HOST/PATH"],
    saw: [url === null ? jwksUri : jwksUri.replace(/\/\/[^/]*@/, "//…@")],
    meaning: url === null ? "this is not a URL" : "verifiers send no user name and no password: the keys have to be public",
    source: DISCOVERY,
  };
}
