import { shellCommand } from "../../core/shell-command.ts";
import { audienceOf, explainDocuments, type MadeToken } from "../../flows/explain-profile.ts";
import { verifyGivenKeys } from "../../flows/verify-given-keys.ts";
import { type Explained, notLookedAt } from "../../trust/explained.ts";
import { providerFlags } from "../../trust/gcp/gcloud.ts";
import { grantCommand, judgeImpersonation } from "../../trust/gcp/judge-impersonation.ts";
import { type GcpJudgement, judgeGcpToken } from "../../trust/gcp/judge-token.ts";
import { mendProvider, mendUploadedKeys } from "../../trust/gcp/mend.ts";
import { PAGES } from "../../trust/gcp/pages.ts";
import type { GcpProvider } from "../../trust/gcp/provider.ts";
import type { GcpTrustSource } from "../../trust/gcp/trust-source.ts";
import { judgeGivenKeys } from "../../trust/issuer/judge-given-keys.ts";
import type { Verdict } from "../../trust/verdict.ts";
import { isServedNowhere } from "../../wire/issuer-documents/issuer-url.ts";
import type { Context } from "../command.ts";
import { type SelectedEntry, selectedEntry } from "../resolve-profile.ts";
import { makeToken } from "./explained-token.ts";
import type { ChainWish, Made } from "./via.ts";

/** What is explained, and by which trust. */
export interface GcpExplanation extends ChainWish {
  readonly profile: string;
  readonly trust: GcpTrustSource;
}

/** Everything that a Google profile's way to credentials asks for: the token, the provider and its keys, the service account. */
export async function explainGcp(wish: GcpExplanation, context: Context): Promise<readonly Explained[]> {
  const { compose, environment } = context;
  const entry = selectedEntry({ profile: wish.profile, overrides: {} }, await compose.config(), environment);
  const name = String(entry.options["provider"] ?? "");
  const found = await wish.trust.provider(name);
  if (found === "absent") return [providerAbsent(name)];
  const provider = found === "unread" ? null : found;
  const made = await makeToken(entry, wish, context);
  if (made.token === null) return made.explained;
  const keys = await explainKeys(made, name, provider, wish, context);
  const { header, claims } = made.token;
  if (header === null) return [...made.explained, ...keys];
  if (provider === null) return [...made.explained, ...keys, providerUnread("the workload identity provider", name)];
  const judged = judgeGcpToken({ header, claims }, provider, compose.clock.now());
  return [
    ...made.explained,
    ...keys,
    explainProvider(judged, provider, made.token),
    ...(await impersonation(entry, judged, wish)),
  ];
}

function providerAbsent(name: string): Explained {
  const asks = "the workload identity provider";
  const finding = { at: asks, wanted: [name], saw: null, meaning: "there is none of that name", source: PAGES.provider };
  return { asks, verdict: { outcome: "refused", because: [finding] }, mend: ["brevet setup gcp --project PROJECT"] };
}

/** The keys that Google verifies with: those that were uploaded to the provider, else the issuer's. */
async function explainKeys(
  { token, device }: Made,
  name: string,
  provider: GcpProvider | null,
  { reach }: GcpExplanation,
  { compose }: Context,
): Promise<readonly Explained[]> {
  if (token === null || device === null) return [];
  const { signer, options } = await compose.device(device);
  const keys = () => signer.publicKeys();
  const place = "the provider's uploaded keys";
  if (provider !== null && provider.uploadedKeys !== null) {
    const own = await keys();
    const verdict = judgeGivenKeys({ place, jwks: JSON.stringify({ keys: provider.uploadedKeys }) }, own);
    return [{ asks: place, verdict, mend: isAllowed(verdict) ? [] : mendUploadedKeys(provider, token.claims.iss, device, own) }];
  }
  if (provider === null && options.keys.publishedTo.includes(`gcp://${name}`)) {
    const { published } = await compose.issuerCopies(device);
    const { verdict } = await verifyGivenKeys(
      { place: `${place}, as remembered here`, open: async () => published },
      await keys(),
    );
    return [{ asks: place, verdict, mend: isAllowed(verdict) ? [] : [shellCommand`brevet issuer publish ${device}`] }];
  }
  if (provider === null && isServedNowhere(token.claims.iss)) return [providerUnread(place, name)];
  const ports = { http: await compose.http(reach), keys };
  return [await explainDocuments({ verifier: "gcp", issuer: token.claims.iss, identity: device }, ports)];
}

function isAllowed({ outcome }: Verdict): boolean {
  return outcome === "allowed";
}

function providerUnread(asks: string, name: string): Explained {
  const command = `gcloud iam workload-identity-pools providers describe ${providerFlags(name)} --format=json > provider.json`;
  const mend = [command, "then give `--provider provider.json`"];
  return notLookedAt(asks, "the provider was not read", mend, PAGES.provider);
}

function explainProvider({ verdict, check }: GcpJudgement, provider: GcpProvider, { claims }: MadeToken): Explained {
  const isRefused = verdict.outcome === "refused" && check !== null;
  const caller = { subject: String(claims["sub"]), audience: audienceOf(claims) };
  return { asks: "the workload identity provider", verdict, mend: isRefused ? mendProvider(check, provider, caller) : [] };
}

async function impersonation(
  { options }: SelectedEntry,
  { principal }: GcpJudgement,
  { trust }: GcpExplanation,
): Promise<readonly Explained[]> {
  const email = options["serviceAccount"];
  if (typeof email !== "string" || principal === null) return [];
  const asks = `impersonation of ${email}`;
  const policy = await trust.policy(email);
  if (policy === "unread") {
    const command = `${shellCommand`gcloud iam service-accounts get-iam-policy ${email} --format=json`} > policy.json`;
    return [notLookedAt(asks, "its policy was not read", [command, "then give `--trust policy.json`"], PAGES.impersonation)];
  }
  if (policy === "absent") {
    const finding = {
      at: asks,
      wanted: [email],
      saw: null,
      meaning: "there is no such service account",
      source: PAGES.impersonation,
    };
    return [{ asks, verdict: { outcome: "refused", because: [finding] }, mend: ["brevet setup gcp --project PROJECT"] }];
  }
  const verdict = judgeImpersonation(email, policy, principal);
  return [{ asks, verdict, mend: verdict.outcome === "refused" ? [grantCommand(email, principal)] : [] }];
}
