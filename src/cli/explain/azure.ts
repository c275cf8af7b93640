import { shellCommand } from "../../core/shell-command.ts";
import { audienceOf, explainDocuments, type MadeToken } from "../../flows/explain-profile.ts";
import { createCredential, deleteCredential } from "../../setup/azure/credential-commands.ts";
import { type EntraJudgement, judgeEntraToken } from "../../trust/entra/judge-token.ts";
import type { AzureTrust, AzureTrustSource } from "../../trust/entra/trust-source.ts";
import { type Explained, notLookedAt } from "../../trust/explained.ts";
import type { Context } from "../command.ts";
import { selectedEntry } from "../resolve-profile.ts";
import { makeToken } from "./explained-token.ts";
import type { ChainWish } from "./via.ts";

/** What is explained, and by which trust. */
export interface AzureExplanation extends ChainWish {
  readonly profile: string;
  readonly trust: AzureTrustSource;
}

const FEDERATION = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation";

/** An application or a managed identity has no more. */
const MOST_CREDENTIALS = 20;

/** Everything that a profile of Azure asks for: a token by RS256, the issuer's documents, and a credential that matches exactly. */
export async function explainAzure(wish: AzureExplanation, context: Context): Promise<readonly Explained[]> {
  const { compose, environment } = context;
  const entry = selectedEntry({ profile: wish.profile, overrides: {} }, await compose.config(), environment);
  const clientId = String(entry.options["clientId"] ?? "");
  const { token, explained, device } = await makeToken(entry, wish, context);
  if (token === null) return explained;
  const documents: Explained[] = [];
  if (device !== null) {
    const { signer } = await compose.device(device);
    const ports = { http: await compose.http(wish.reach), keys: () => signer.publicKeys() };
    documents.push(await explainDocuments({ verifier: "entra", issuer: token.claims.iss, identity: device }, ports));
  }
  const { header, claims } = token;
  if (header === null) return [...explained, ...documents];
  const trust = await wish.trust(clientId);
  if (trust === "absent") return [...explained, ...documents, applicationAbsent(clientId)];
  if (trust === "unread") return [...explained, ...documents, unread(clientId)];
  const judged = judgeEntraToken({ header, claims }, trust.credentials, compose.clock.now());
  return [...explained, ...documents, explainCredential(judged, trust, { claims, header }, clientId)];
}

function applicationAbsent(clientId: string): Explained {
  const asks = "the application";
  const finding = {
    at: asks,
    wanted: [clientId],
    saw: null,
    meaning: "the tenant has none of that client id",
    source: FEDERATION,
  };
  return { asks, verdict: { outcome: "refused", because: [finding] }, mend: ["brevet setup azure"] };
}

function unread(clientId: string): Explained {
  const command = `${shellCommand`az ad app federated-credential list --id ${clientId}`} > credentials.json`;
  return notLookedAt(
    "the federated credential",
    "it was not read",
    [command, "then give `--provider credentials.json`"],
    FEDERATION,
  );
}

function explainCredential(
  { verdict, check }: EntraJudgement,
  { credentials, identity }: AzureTrust,
  { claims }: MadeToken,
  clientId: string,
): Explained {
  const asks = "the federated credential";
  if (verdict.outcome === "allowed" || check === null) return { asks, verdict, mend: [] };
  if (check === "header") return { asks, verdict, mend: ["brevet issuer generate --add RS256"] };
  if (check === "times") return { asks, verdict, mend: ["brevet doctor"] };
  const subject = String(claims["sub"]);
  const wanted = { name: subject, issuer: claims.iss, subject, audiences: [audienceOf(claims)] };
  const holder = { clientId, identity };
  // It takes no more, and says so only when the next one is made.
  const room =
    credentials.length < MOST_CREDENTIALS
      ? []
      : [
          `it has ${credentials.length} of ${MOST_CREDENTIALS}: take one out first that nobody comes with`,
          deleteCredential(holder, "NAME"),
        ];
  return { asks, verdict, mend: [...room, createCredential(holder, wanted)] };
}
