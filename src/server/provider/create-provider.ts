import type { Adapter } from "oidc-provider";
import { Provider } from "oidc-provider/lib/provider.js";
import { artifactAdapter } from "./artifacts.ts";
import { bindInteractions, boundInteractions } from "./bind-interactions.ts";
import { sealedClients } from "./client-secret.ts";
import { providerConfiguration } from "./configuration.ts";
import { endSessionsForGood } from "./end-sessions.ts";
import { proofAdapter } from "./proof-adapter.ts";
import type { ProviderParts } from "./provider-parts.ts";
import { recordEvents } from "./record-events.ts";
import { registerTokenExchange } from "./token-exchange.ts";
import { tokenSessions } from "./token-sessions.ts";

/**
 * The certified OpenID provider over our storage, keys and pages. It fixes its keys when it is made, so that every change of the
 * key set makes a new one.
 */
export function createProvider(parts: ProviderParts): Provider {
  const { settings, seal, reader, now } = parts;
  const adapter = (kind: string): Adapter => {
    if (kind === "ReplayDetection") return proofAdapter(now);
    const artifacts = artifactAdapter(kind, reader, now);
    if (kind === "Interaction") return boundInteractions(artifacts, settings.issuer);
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
    limitExchanges: parts.limitExchanges,
    now,
  });
  endSessionsForGood(provider, parts);
  recordEvents(provider);
  bindInteractions(provider);
  // What it sees of the request was set by our listener from the issuer, never by a client.
  provider.proxy = true;
  return provider;
}
