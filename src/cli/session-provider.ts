import type { SignInWay } from "../core/session.ts";
import type { ProveRequest } from "../sign-in/dpop.ts";
import type { Provider } from "../sign-in/provider.ts";
import type { IdentityEntry } from "../wire/brevet-config/config.ts";
import type { IdentityParts } from "./identity-kinds.ts";

/** What the config says about the provider of an identity that people sign in as, whatever its kind. */
interface ProviderSettings {
  readonly provider: Provider;
  /** Null: what is possible. */
  readonly way: SignInWay | null;
  /** Null: the system's. */
  readonly browser: string | null;
  /** Where its tokens are bound to a key of this machine. */
  readonly prove?: ProveRequest;
}

/** The provider that an identity signs in at. @throws {Fault} of its options. */
export async function providerOf(entry: IdentityEntry, parts: IdentityParts): Promise<ProviderSettings> {
  return entry.kind === "server" ? loginServer(entry, parts) : openidProvider(entry);
}

async function openidProvider({ name, options }: IdentityEntry): Promise<ProviderSettings> {
  const { parseOidcOptions } = await import("../identities/oidc/options.ts");
  const { signIn: way, browser, ...settings } = parseOidcOptions(options, `identities.${name}`);
  return { provider: { ...settings, identity: name }, way, browser };
}

async function loginServer({ name, options }: IdentityEntry, { signer, clock }: IdentityParts): Promise<ProviderSettings> {
  const [{ parseServerOptions }, { loginServerProvider }, { sessionKey }, { dpopProofs }, { randomBytes }] = await Promise.all([
    import("../identities/server/options.ts"),
    import("../identities/server/provider.ts"),
    import("../identities/server/session-key.ts"),
    import("../sign-in/dpop.ts"),
    import("../platform/random.ts"),
  ]);
  const { url, signer: holder, signIn: way, browser } = parseServerOptions(options, `identities.${name}`);
  const key = async () => sessionKey(await signer(holder.kind, { identity: name, options: holder.options }), name);
  const prove = dpopProofs(key, { now: () => clock.now(), random: randomBytes });
  return { provider: loginServerProvider(name, url), way, browser, prove };
}
