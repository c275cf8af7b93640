import type { Adapter } from "oidc-provider";
import { Provider } from "oidc-provider/lib/provider.js";
import type { EpochSeconds } from "../../core/time.ts";
import type { KeySet } from "../keys/key-set.ts";
import type { Seal } from "../keys/seal.ts";
import type { SignAside } from "../keys/sign-aside.ts";
import type { RulesNow } from "../rules/stored-rules.ts";
import type { ServerSettings } from "../settings/settings.ts";
import type { VersionedReader } from "../store/database.ts";
import { artifactAdapter } from "./artifacts.ts";
import { sealedClients } from "./client-secret.ts";
import { providerConfiguration } from "./configuration.ts";
import type { ProviderPages } from "./pages.ts";
import { proofAdapter } from "./proof-adapter.ts";
import { recordEvents } from "./record-events.ts";
import { registerTokenExchange } from "./token-exchange.ts";
import { tokenSessions } from "./token-sessions.ts";

/** What the OpenID provider is made of. */
export interface ProviderParts {
  readonly settings: ServerSettings;
  readonly keys: KeySet;
  readonly sign: SignAside;
  readonly seal: Seal;
  readonly reader: VersionedReader;
  readonly pages: ProviderPages;
  readonly rules: RulesNow;
  /** Counts an exchange of a person; false: there were too many. */
  readonly mayExchange: (account: string) => boolean;
  readonly now: () => EpochSeconds;
}

/**
 * The certified OpenID provider over our storage, keys and pages. It fixes its keys when it is made, so that every change of the
 * key set makes a new one.
 */
export function createProvider(parts: ProviderParts): Provider {
  const { settings, seal, reader, now } = parts;
  const adapter = (kind: string): Adapter => {
    if (kind === "ReplayDetection") return proofAdapter(now);
    const artifacts = artifactAdapter(kind, reader, now);
    return kind === "Client" ? sealedClients(artifacts, seal) : artifacts;
  };
  const provider = new Provider(settings.issuer, {
    adapter,
    ...providerConfiguration(parts),
  });
  registerTokenExchange(provider, {
    issuer: settings.issuer,
    keys: parts.keys,
    sign: parts.sign,
    findSession: tokenSessions(() => provider, { reader, sessionSeconds: settings.sessionSeconds, now }),
    rules: parts.rules,
    sessionSeconds: settings.sessionSeconds,
    exchangeClients: settings.exchangeClients,
    mayExchange: parts.mayExchange,
    now,
  });
  recordEvents(provider);
  // What it sees of the request was set by our listener from the issuer, never by a client.
  provider.proxy = true;
  return provider;
}
