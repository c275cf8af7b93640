import type { Http } from "../core/http.ts";
import type { SignInWay } from "../core/session.ts";
import type { Signer, SigningKey } from "../core/signer.ts";
import type { Provider } from "../sign-in/provider.ts";
import type { IdentityEntry } from "../wire/brevet-config/config.ts";
import type { IdentityParts } from "./identity-parts.ts";

/** What the config says about the provider of an identity that people sign in as, whatever its kind. */
interface ProviderSettings {
  readonly provider: Provider;
  /** Null: what is possible. */
  readonly way: SignInWay | null;
  /** Null: the system's. */
  readonly browser: string | null;
  /** Where it differs from everybody's: with the client's certificate. */
  readonly http?: () => Promise<Http>;
}

/** The provider that an identity signs in at. @throws {Fault} of its options. */
export async function providerOf(entry: IdentityEntry, parts: IdentityParts): Promise<ProviderSettings> {
  return entry.kind === "server" ? loginServer(entry, parts) : openidProvider(entry, parts);
}

async function openidProvider({ name, options, place }: IdentityEntry, parts: IdentityParts): Promise<ProviderSettings> {
  const [{ parseOidcOptions }, { clientKeys }] = await Promise.all([
    import("../identities/oidc/options.ts"),
    import("./client-keys.ts"),
  ]);
  const parsed = parseOidcOptions(options, place);
  const { signIn: way, browser, clientAuthentication: _, dpop: __, ...settings } = parsed;
  const { http, provider } = clientKeys(name, parsed, parts);
  return { provider: { ...settings, ...provider, identity: name }, way, browser, http };
}

async function loginServer(entry: IdentityEntry, parts: IdentityParts): Promise<ProviderSettings> {
  const [{ loginServerProvider }, { url, signIn: way, browser, signer }] = await Promise.all([
    import("../identities/server/provider.ts"),
    serverOptions(entry, parts),
  ]);
  return {
    provider: { ...loginServerProvider(entry.name, url), proofKey: async () => loginServerKey(await signer()) },
    way,
    browser,
  };
}

/** What the config says of a person at a login server, with what holds the key of the sessions. */
async function serverOptions({ name, options, place }: IdentityEntry, parts: Pick<IdentityParts, "signer">) {
  const { parseServerOptions } = await import("../identities/server/options.ts");
  const { signer: holder, ...settings } = parseServerOptions(options, place);
  return { ...settings, signer: () => parts.signer(holder.kind, { identity: name, options: holder.options }) };
}

/** Destroys the keys of an identity that people sign in as, and its client's secret. @throws {Fault} of its options; those of a signer. */
export async function destroyClientKeys(entry: IdentityEntry, parts: IdentityParts): Promise<void> {
  if (entry.kind === "server") {
    await (await (await serverOptions(entry, parts)).signer()).destroyKeys();
    return;
  }
  const [{ parseOidcOptions }, { forgetClient }] = await Promise.all([
    import("../identities/oidc/options.ts"),
    import("./client-keys.ts"),
  ]);
  await forgetClient(entry.name, parseOidcOptions(entry.options, entry.place), parts);
}

/** The key that the sessions of an identity at a login server are bound to. @throws {Fault} those of the signer. */
export async function loginServerKey(signer: Signer): Promise<SigningKey> {
  return (await import("../sign-in/key-at-first-need.ts")).keyAtFirstNeed(signer, "ES256");
}
