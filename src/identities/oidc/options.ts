import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { LOOPBACK_HOSTS, type LoopbackHost } from "../../core/loopback.ts";
import type { Place } from "../../core/place.ts";
import { SIGN_IN_WAYS, type SignInWay } from "../../core/session.ts";
import type { SignerChoice } from "../../core/signer.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";
import { signerChoice, signerSchema } from "../../wire/brevet-config/signer-choice.ts";
import { isProviderUrl, OWN_PARAMETERS } from "../../wire/oauth/provider.ts";

const clientSignerSchema = v.pipe(
  signerSchema,
  v.description("What holds the key: the name of a signer kind, or an object with `kind` and that kind's own options."),
);

/** The schema of an identity of kind `oidc` in the config, without `kind`; the JSON Schema is generated from it. */
export const oidcOptionsSchema = v.strictObject({
  issuer: v.pipe(
    v.string(),
    v.description("The provider's issuer URL, exactly as its discovery document has it: https, or http to a loopback address."),
  ),
  clientId: v.pipe(v.string(), v.description("The id of the client that is registered at the provider for brevet.")),
  scopes: v.optional(
    v.pipe(
      v.array(v.string()),
      v.description(
        'What is asked for. Many providers give a session that can be renewed only with `offline_access`. Default: `["openid"]`.',
      ),
    ),
  ),
  authorizationParameters: v.optional(
    v.pipe(
      v.record(v.string(), v.string()),
      v.description("Parameters that the provider wants besides those of OpenID Connect: `prompt`, `audience`, `access_type`."),
    ),
  ),
  signIn: v.optional(
    v.pipe(
      v.picklist(SIGN_IN_WAYS),
      v.description(
        "How people sign in: `browser` on this machine, `device` by a code on another one, `paste` by an address that is brought back. Default: what is possible.",
      ),
    ),
  ),
  browser: v.optional(
    v.pipe(v.string(), v.description("The browser to open: a program's name or path. Default: `$BROWSER`, else the system's.")),
  ),
  clientAuthentication: v.optional(
    v.pipe(
      v.strictObject({
        method: v.pipe(
          v.picklist(["client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth"]),
          v.description(
            "How the client proves itself. A secret is kept sealed (`brevet setup oidc --client-authentication …` asks for it); the key of `private_key_jwt` is held by `signer`.",
          ),
        ),
        signer: v.optional(clientSignerSchema),
        certificate: v.optional(v.pipe(v.string(), v.description("For `tls_client_auth`: the file of the certificate, PEM."))),
        key: v.optional(v.pipe(v.string(), v.description("For `tls_client_auth`: the file of its private key, PEM."))),
      }),
      v.description("For a client that is registered as confidential. Default: a public client, which proves nothing."),
    ),
  ),
  dpop: v.optional(
    v.pipe(
      v.strictObject({ signer: clientSignerSchema }),
      v.description("Has tokens bound to a key (DPoP, RFC 9449), where the provider does that; it is made at the first sign-in."),
    ),
  ),
  redirect: v.optional(
    v.pipe(
      v.strictObject({
        host: v.optional(
          v.pipe(v.picklist(LOOPBACK_HOSTS), v.description("The loopback address in the redirect URL. Default: `127.0.0.1`.")),
        ),
        ports: v.optional(
          v.pipe(
            v.array(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))),
            v.description(
              "Ports that the provider knows, tried in that order. Default: any free port, as RFC 8252 asks providers to allow.",
            ),
          ),
        ),
        path: v.optional(v.pipe(v.string(), v.description("The path of the redirect URL. Default: `/callback`."))),
      }),
      v.description("The redirect URL that is registered for the client. Default: `http://127.0.0.1/callback` with any port."),
    ),
  ),
  samlSubjectToken: v.optional(
    v.pipe(
      v.picklist(["access", "id"]),
      v.description(
        "For profiles with `saml`: which token the provider exchanges for an assertion. Default: `access`, the only one that Keycloak takes today.",
      ),
    ),
  ),
});

/** How a confidential client proves itself. */
export type OidcClientAuthentication =
  | { readonly method: "client_secret_basic" | "client_secret_post" }
  | { readonly method: "private_key_jwt"; readonly signer: SignerChoice }
  | { readonly method: "tls_client_auth"; readonly certificate: string; readonly key: string };

/** What the config says about an identity at an OpenID provider, checked. */
export interface OidcOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly authorizationParameters: Readonly<Record<string, string>>;
  /** How the client proves itself; null: it is public. */
  readonly clientAuthentication: OidcClientAuthentication | null;
  /** What holds the key that tokens are bound to; null: they are not bound. */
  readonly dpop: SignerChoice | null;
  /** Null: what is possible. */
  readonly signIn: SignInWay | null;
  /** Null: the system's. */
  readonly browser: string | null;
  readonly redirect: {
    readonly host: LoopbackHost;
    readonly ports: readonly number[];
    readonly path: string;
  };
  readonly samlSubjectToken: "access" | "id";
}

/**
 * Checks the options of an identity at an OpenID provider.
 *
 * @param where names the place in messages: `identities.work`.
 * @throws {Fault} `CONFIG_KEY_UNKNOWN`, `CONFIG_MALFORMED`, `URL_INVALID`.
 */
export function parseOidcOptions(raw: unknown, where: Place): OidcOptions {
  const options = parseOptions(oidcOptionsSchema, raw, where);
  const { issuer, clientId, scopes = ["openid"], authorizationParameters = {}, redirect = {}, signIn = null } = options;
  const { samlSubjectToken = "access" } = options;
  if (clientId === "") throw new Fault("CONFIG_MALFORMED", `${where.at("clientId")} is empty`);
  const owned = Object.keys(authorizationParameters).find((name) => OWN_PARAMETERS.has(name));
  if (owned !== undefined) {
    throw new Fault("CONFIG_MALFORMED", `${where.at("authorizationParameters")} has "${owned}", which brevet sets itself`);
  }
  return {
    issuer: parseProviderUrl(issuer, where.at("issuer")),
    clientId,
    scopes: scopes.includes("openid") ? scopes : ["openid", ...scopes],
    authorizationParameters,
    clientAuthentication: parseAuthentication(options.clientAuthentication, where.at("clientAuthentication")),
    dpop: options.dpop === undefined ? null : signerChoice(options.dpop.signer),
    signIn,
    browser: options.browser ?? null,
    redirect: {
      host: redirect.host ?? "127.0.0.1",
      ports: redirect.ports ?? [],
      path: parsePath(redirect.path ?? "/callback", where),
    },
    samlSubjectToken,
  };
}

/** The URL exactly as it is written: tokens name it byte for byte. */
function parseProviderUrl(text: string, where: Place): string {
  if (isProviderUrl(text)) return text;
  throw new Fault("URL_INVALID", `${where} "${text}" is not the URL of a provider`, {
    hints: ["write it as `https://id.example.com/realms/dev`, without `/.well-known/openid-configuration`"],
  });
}

function parsePath(path: string, where: Place): string {
  if (/^\/[\w.~!$&'()*+,;=:@/-]*$/.test(path)) return path;
  throw new Fault(
    "CONFIG_MALFORMED",
    `${where.at("redirect").at("path")} "${path}" is not the path of a URL: it begins with a slash`,
  );
}

/** The method that each other member of `clientAuthentication` is for. */
const OWNERS = { signer: "private_key_jwt", certificate: "tls_client_auth", key: "tls_client_auth" } as const;

function parseAuthentication(
  raw: NonNullable<v.InferOutput<typeof oidcOptionsSchema>["clientAuthentication"]> | undefined,
  where: Place,
): OidcClientAuthentication | null {
  if (raw === undefined) return null;
  const { method, signer, certificate, key } = raw;
  for (const [member, owner] of Object.entries(OWNERS)) {
    if (raw[member as keyof typeof OWNERS] === undefined || method === owner) continue;
    throw new Fault("CONFIG_MALFORMED", `${where.at(member)} is for the method ${owner}, and the method is ${method}`);
  }
  if (method === "private_key_jwt") {
    if (signer === undefined) throw new Fault("CONFIG_MALFORMED", `${where.at("signer")} is missing, which holds the key`);
    return { method, signer: signerChoice(signer) };
  }
  if (method !== "tls_client_auth") return { method };
  if (certificate === undefined || key === undefined) {
    throw new Fault("CONFIG_MALFORMED", `${where} needs \`certificate\` and \`key\`, the files of the client's certificate`);
  }
  return { method, certificate, key };
}
