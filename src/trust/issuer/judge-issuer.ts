import type { PublicKey, SignatureAlgorithm } from "../../core/signer.ts";
import type { Finding, Verdict } from "../verdict.ts";
import { ADVICE_RULES } from "./advice-rules.ts";
import { AWS_ISSUER_RULES } from "./aws-rules.ts";
import { DOCUMENT_RULES, type IssuerRule } from "./document-rules.ts";
import { GCP_ISSUER_ADVICE } from "./gcp-rules.ts";
import { type FetchedIssuer, readIssuer } from "./issuer-facts.ts";
import { findUsableKey } from "./key-rule.ts";

/** A verifier of this device's tokens. */
export type IssuerVerifier = "aws" | "gcp" | "entra";

/** What one verifier makes of the documents. */
export interface IssuerJudgement {
  readonly verifier: IssuerVerifier;
  readonly verdict: Verdict;
  /** What it does not refuse now, but will in a case that is named. */
  readonly advice: readonly Finding[];
}

interface VerifierRules {
  readonly takes: readonly SignatureAlgorithm[];
  /** Where that is written down. */
  readonly source: string;
  readonly rules: readonly IssuerRule[];
  readonly advice: readonly IssuerRule[];
}

const VERIFIERS: Readonly<Record<IssuerVerifier, VerifierRules>> = {
  aws: {
    takes: ["ES256", "RS256"],
    source: "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html",
    rules: AWS_ISSUER_RULES,
    advice: [],
  },
  gcp: {
    takes: ["ES256", "RS256"],
    source: "https://cloud.google.com/iam/docs/workload-identity-federation-with-other-providers",
    rules: [],
    advice: GCP_ISSUER_ADVICE,
  },
  entra: {
    takes: ["RS256"],
    source: "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations",
    rules: [],
    advice: [],
  },
};

/** Every verifier, in the order in which it is shown. */
export const ISSUER_VERIFIERS = Object.keys(VERIFIERS) as readonly IssuerVerifier[];

/**
 * Judges the published documents of an issuer as each cloud would when a token of this device comes in.
 *
 * The documents say nothing about roles, pools and applications: whether these trust the issuer is another question.
 *
 * @param ours the keys with which it signs now.
 * @param everyKey with those of a rotation.
 * @returns a judgement for each verifier, and advice that holds for all of them.
 */
export function judgeIssuer(
  fetched: FetchedIssuer,
  ours: readonly PublicKey[],
  everyKey = ours,
): { readonly judgements: readonly IssuerJudgement[]; readonly advice: readonly Finding[] } {
  const facts = readIssuer(fetched, ours, everyKey);
  const ask = (rules: readonly IssuerRule[]): readonly Finding[] =>
    rules.map((rule) => rule(facts)).filter((finding) => finding !== null);
  const documents = ask(DOCUMENT_RULES);
  const judgements = ISSUER_VERIFIERS.map((verifier): IssuerJudgement => {
    const { takes, source, rules, advice } = VERIFIERS[verifier];
    const refusals = [...documents, ...ask(rules)];
    // A document that cannot be read lacks the key too; that would only repeat the reason.
    const key = "value" in facts.keys || refusals.length === 0 ? findUsableKey(facts, takes, source) : null;
    if (key !== null && "missing" in key) refusals.push(key.missing);
    const verdict: Verdict =
      refusals.length === 0 && key !== null && "usable" in key
        ? { outcome: "allowed", because: key.usable }
        : { outcome: "refused", because: refusals };
    return { verifier, verdict, advice: ask(advice) };
  });
  return { judgements, advice: ask(ADVICE_RULES) };
}
