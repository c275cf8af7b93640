import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AwsCredentials } from "../../../src/core/credentials.ts";
import { placeIn } from "../../../src/core/place.ts";
import type { ProfilePath } from "../../../src/core/profile.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { Store } from "../../../src/core/store.ts";
import { awsExchange } from "../../../src/exchanges/aws/aws-exchange.ts";
import { parseAwsOptions } from "../../../src/exchanges/aws/options.ts";
import { getCredentials } from "../../../src/flows/get-credentials.ts";
import { createHttp } from "../../../src/platform/http/create-http.ts";
import { memoryStore } from "../../contracts/signer-memory-store.ts";
import { ENTITY, makeSamlIssuer, PROVIDER, ROLE, type SamlIssuer } from "../saml-issuer.ts";
import { form, send, startTestSandbox, type TestIssuer } from "../sandbox-issuer.ts";

/** A SAML provider that the sandbox trusts, one that it does not, and the path from an assertion to credentials. */
export interface SamlWorld {
  readonly idp: SamlIssuer;
  readonly stranger: SamlIssuer;
  readonly sandbox: TestIssuer;
  /** What people were warned of. */
  readonly warnings: string[];
  /** From what a provider gave to credentials, as a profile with `options` does; cached in `store`. */
  redeem(
    given: string,
    how?: { readonly options?: Readonly<Record<string, unknown>>; readonly store?: Store },
  ): Promise<AwsCredentials>;
  /** A response in base64 at the sandbox, with no client of ours before it. @returns its fault code. */
  stsCode(SAMLAssertion: string): Promise<string | null>;
  close(): Promise<void>;
}

export async function openSamlWorld(): Promise<SamlWorld> {
  const sandbox = await startTestSandbox();
  const { clock } = sandbox;
  const [idp, stranger] = await Promise.all([makeSamlIssuer(clock.seconds), makeSamlIssuer(clock.seconds)]);
  idp.register(sandbox.folder);
  trustProvider(sandbox.folder);
  const warnings: string[] = [];
  const open = (options: Readonly<Record<string, unknown>>) => {
    const environment = { AWS_ENDPOINT_URL_STS: sandbox.sandbox.url, AWS_CA_BUNDLE: sandbox.sandbox.caFile };
    return awsExchange({
      options: parseAwsOptions({ roleArn: ROLE, saml: {}, ...options }, placeIn(null, "profiles.dev.aws")),
      http: createHttp({ environment }),
      clock: { now: () => clock.seconds, offsetSeconds: 0, learn: () => undefined },
      environment,
      warn: (line) => warnings.push(line),
      subject: null,
    });
  };
  return {
    idp,
    stranger,
    sandbox,
    warnings,
    async redeem(given, { options = {}, store = memoryStore() } = {}) {
      const profile = profileOf(given, clock.seconds, async () => open(options));
      const ports = {
        store,
        clock: { now: () => clock.seconds, offsetSeconds: 0, learn: () => undefined },
        notices: { say: () => undefined, warn: (line: string) => warnings.push(line) },
      };
      return (await getCredentials(profile, { renew: "when-stale", purpose: "a test asks" }, ports)) as AwsCredentials;
    },
    async stsCode(SAMLAssertion) {
      const parameters = { Action: "AssumeRoleWithSAML", Version: "2011-06-15", RoleArn: ROLE, PrincipalArn: PROVIDER };
      const body = form({ ...parameters, SAMLAssertion });
      const host = "sts.us-east-1.amazonaws.com";
      const headers = { "content-type": "application/x-www-form-urlencoded", host };
      const ca = readFileSync(sandbox.sandbox.caFile, "utf8");
      return (await send(sandbox.sandbox, { ca, servername: host, headers, body })).code;
    },
    close: () => sandbox.close(),
  };
}

function trustProvider(folder: string): void {
  mkdirSync(join(folder, "iam", "roles"), { recursive: true });
  const statement = {
    Effect: "Allow",
    Principal: { Federated: PROVIDER },
    Action: "sts:AssumeRoleWithSAML",
    Condition: { StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml", "SAML:iss": ENTITY } },
  };
  const role = { arn: ROLE, trustPolicy: { Version: "2012-10-17", Statement: [statement] } };
  writeFileSync(join(folder, "iam", "roles", "saml-dev.json"), JSON.stringify(role));
}

function profileOf(given: string, now: number, openExchange: ProfilePath["openExchange"]): ProfilePath {
  return {
    name: "dev",
    cacheKey: "d".repeat(64),
    source: {
      kind: "identity",
      name: "work",
      open: async () => ({
        describe: async () => ({ kind: "oidc", issuer: null, subject: null, summary: "" }),
        assert: async ({ audience }) => ({
          form: "saml",
          value: Promise.resolve(new Secret("assertion", given)),
          audience,
          expiresAt: now + 60,
        }),
      }),
    },
    check: async () => undefined,
    openExchange,
  };
}
