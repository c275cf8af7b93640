import { Fault } from "../core/fault.ts";
import type { Http } from "../core/http.ts";
import { placeIn } from "../core/place.ts";
import type { Signer, SignerChoice, SigningKey } from "../core/signer.ts";
import type { OidcClientAuthentication, OidcOptions } from "../identities/oidc/options.ts";
import { reading } from "../platform/file-faults.ts";
import { readPlainText } from "../platform/plain-file.ts";
import { identityHandle } from "../wire/issuer-documents/identity-handle.ts";
import type { IdentityParts } from "./identity-parts.ts";

type KeyParts = Pick<IdentityParts, "signer" | "store" | "http" | "paths">;

/** What a client of a provider holds: its secret, its keys, its certificate. */
export interface ClientKeys {
  readonly http: () => Promise<Http>;
  readonly provider: {
    readonly authentication?: Parameters<typeof import("../sign-in/authenticate-client.ts").authenticateClient>[0];
    readonly proofKey?: () => Promise<SigningKey>;
  };
}

/** The name of a client's secret in the store's area `keys`. */
export function clientSecretName(identity: string): string {
  return `${identityHandle(identity)}.client-secret`;
}

/** How the keys of an identity's client are come by. Nothing is opened before it is used. */
export function clientKeys(identity: string, options: OidcOptions, parts: KeyParts): ClientKeys {
  const { clientAuthentication: authentication, dpop } = options;
  return {
    http: () =>
      parts.http(authentication?.method === "tls_client_auth" ? { clientCertificate: readCertificate(authentication) } : {}),
    provider: {
      ...(authentication === null ? {} : { authentication: authenticationOf(identity, authentication, parts) }),
      ...(dpop === null ? {} : { proofKey: () => boundKey(boundSigner(identity, dpop, parts)) }),
    },
  };
}

/** Destroys what {@link clientKeys} opens; files of a certificate are not ours. @throws {Fault} those of a signer. */
export async function forgetClient(
  identity: string,
  { clientAuthentication, dpop }: OidcOptions,
  parts: KeyParts,
): Promise<void> {
  if (dpop !== null) await (await boundSigner(identity, dpop, parts)).destroyKeys();
  if (clientAuthentication?.method === "private_key_jwt") {
    await (await clientSigner(identity, clientAuthentication.signer, parts)).destroyKeys();
  }
  await (await parts.store()).remove("keys", clientSecretName(identity));
}

/** The signer of the key by which a client proves itself. @param place of its options; default: in the config. */
export async function clientSigner(
  identity: string,
  { kind, options }: SignerChoice,
  { signer, paths }: Pick<KeyParts, "signer" | "paths">,
  place = placeIn(paths.configFile, `identities.${identity}.clientAuthentication.signer`),
): Promise<Signer> {
  return signer(kind, { identity: `${identity}.client`, options, place });
}

async function boundSigner(
  identity: string,
  { kind, options }: SignerChoice,
  { signer, paths }: Pick<KeyParts, "signer" | "paths">,
): Promise<Signer> {
  const place = placeIn(paths.configFile, `identities.${identity}.dpop.signer`);
  return signer(kind, { identity: `${identity}.dpop`, options, place });
}

function authenticationOf(identity: string, authentication: OidcClientAuthentication, parts: KeyParts) {
  const { method } = authentication;
  if (method === "tls_client_auth") return { method };
  if (method === "private_key_jwt") {
    return { method, key: async () => registeredKey(identity, await clientSigner(identity, authentication.signer, parts)) };
  }
  const secret = async () => {
    const kept = await (await parts.store()).load("keys", clientSecretName(identity));
    if (kept !== null) return kept;
    throw new Fault("KEY_ABSENT", `the client secret of ${identity} is not in the store`, {
      hints: [`\`brevet setup oidc --identity ${identity} --client-authentication ${method} …\` asks for it`],
    });
  };
  return { method, secret };
}

/** A key that the provider was told of; a new one it would not know. */
async function registeredKey(identity: string, signer: Signer): Promise<SigningKey> {
  for (const algorithm of signer.algorithms) {
    const key = await signer.signingKey(algorithm);
    if (key !== null) return key;
  }
  throw new Fault("KEY_ABSENT", `the client of ${identity} has no key yet`, {
    hints: [`\`brevet setup oidc --identity ${identity} --client-authentication private_key_jwt …\` makes it and prints it`],
  });
}

async function boundKey(opening: Promise<Signer>): Promise<SigningKey> {
  const [signer, { keyAtFirstNeed }] = await Promise.all([opening, import("../sign-in/key-at-first-need.ts")]);
  return keyAtFirstNeed(signer, signer.algorithms[0] ?? "ES256");
}

function readCertificate({ certificate, key }: { readonly certificate: string; readonly key: string }) {
  return { cert: readPem(certificate), key: readPem(key) };
}

function readPem(file: string): string {
  return reading(file, () => readPlainText(file), `the file ${file} of the client's certificate`);
}
