import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import type { AuditEventName } from "../audit/event.ts";
import { currentUnit } from "./artifacts.ts";
import { nameOf } from "./client-name.ts";

/**
 * Records what the provider does, in the unit of the request that it does it for: a token that was issued and a client that was
 * registered are committed with their audit rows, or not at all.
 */
export function recordEvents(provider: Provider): void {
  const record = (
    name: AuditEventName,
    context: KoaContextWithOIDC,
    details: Readonly<Record<string, string | number | null>>,
    clientId = context.oidc.client?.clientId ?? null,
  ): void => {
    const actor = context.oidc.account?.accountId ?? context.oidc.session?.accountId ?? null;
    currentUnit().record({ name, actor, client: clientId, address: context.ip, details });
  };
  provider.on("grant.success", (context) => {
    const grant = String(context.oidc.params?.["grant_type"]);
    // The exchange records what it mints itself.
    if (!grant.endsWith(":token-exchange"))
      record("token.issued", context, { grant, scope: String(context.oidc.params?.["scope"] ?? "") });
  });
  provider.on("grant.revoked", (context, grantId) => record(revocationOf(context), context, { grant: grantId }));
  provider.on("registration_create.success", (context, client) =>
    record("client.registered", context, { clientName: nameOf(client) }, client.clientId),
  );
  provider.on("registration_update.success", (context, client) => record("client.changed", context, {}, client.clientId));
  provider.on("registration_delete.success", (context, client) => record("client.removed", context, {}, client.clientId));
  provider.on("end_session.success", (context) => record("session.ended", context, {}));
}

/** At the token endpoint a grant is revoked for one reason: a spent code or token was presented again. */
function revocationOf({ oidc }: KoaContextWithOIDC): AuditEventName {
  if (oidc.route === "token") return "token.replayed";
  return oidc.route === "revocation" ? "token.revoked" : "session.ended";
}
