import { Fault } from "../../core/fault.ts";
import { LOOPBACK_HOSTS } from "../../core/loopback.ts";
import { placeIn } from "../../core/place.ts";
import { applyPlan, checkPlan, type PlanPorts } from "../../flows/apply-plan.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { planJson } from "../../setup/diff.ts";
import { type JoinOidcInput, planJoinOidc } from "../../setup/join-oidc.ts";
import { changesOf, type Plan } from "../../setup/plan.ts";
import { partitionOfRole, requireSamePartition } from "../../wire/aws-sts/partitions.ts";
import { parseRoleArn } from "../../wire/aws-sts/role-arn.ts";
import { type Context, defineCommand, type FlagValues } from "../command.ts";
import { SIGNER_OPTION, signerFlag } from "../device/signer-choice.ts";
import { withFlag } from "../flags/flag-groups.ts";
import { PROGRAM_FLAG } from "../flags/program-flag.ts";
import { readPort } from "../flags/read-port.ts";
import { STORE_FLAG } from "../flags/store-flag.ts";
import { keepGuard, wishGuard } from "../settle-guard.ts";
import { planProfiles, profileNameOf } from "../setup/aws/join-profile.ts";
import { regionOf } from "../setup/aws/region-of.ts";
import { samlFlags, samlOf } from "../setup/aws/saml-flags.ts";
import { tryLine } from "../setup/aws/try-line.ts";
import { showPlan } from "../setup/plan-report.ts";
import { entryReader } from "../setup/present-entries.ts";
import { clientOptions, provideClient } from "../setup/provide-client.ts";
import { reportJoined } from "../setup/report-joined.ts";

const BY_CERTIFICATE = { needs: "client-authentication", needsValue: "tls_client_auth" } as const;

const flags = {
  issuer: { kind: "text", value: "URL", doc: "the provider's issuer URL, or that of its metadata" },
  "client-id": { kind: "text", value: "ID", doc: "the client that is registered there for brevet" },
  identity: { kind: "text", value: "NAME", doc: "the name of the identity; default work" },
  scope: { kind: "texts", value: "SCOPE", doc: "what to ask for besides openid; default: offline_access if it is there" },
  parameter: { kind: "texts", value: "KEY=VALUE", doc: "a parameter of the authorization request, such as prompt=consent" },
  port: { kind: "texts", value: "N", doc: "a port of the redirect URL that is registered; default: any free port" },
  "redirect-host": {
    kind: "text",
    value: "HOST",
    choices: LOOPBACK_HOSTS,
    doc: "the host of the redirect URL that is registered; default 127.0.0.1",
  },
  "redirect-path": { kind: "text", value: "PATH", doc: "the path of the redirect URL; default /callback" },
  "client-authentication": {
    kind: "text",
    value: "METHOD",
    choices: ["client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth"],
    doc: "how a confidential client proves itself; a secret is asked for, or read from stdin; default: a public client",
  },
  signer: signerFlag("what holds the keys of private_key_jwt and --dpop; default software"),
  "signer-option": SIGNER_OPTION,
  certificate: { kind: "text", value: "FILE", doc: "of tls_client_auth: the certificate, PEM", ...BY_CERTIFICATE },
  "certificate-key": { kind: "text", value: "FILE", doc: "of tls_client_auth: its private key, PEM", ...BY_CERTIFICATE },
  dpop: { kind: "switch", doc: "have tokens bound to a key, where the provider does that (RFC 9449)" },
  role: { kind: "text", value: "ARN", doc: "an AWS role that trusts this provider: also make profiles for it" },
  ...withFlag("role", {
    profile: { kind: "text", value: "NAME", short: "p", doc: "the name of the profiles; default: brevet, brevet-2, …" },
    region: { kind: "text", value: "REGION", doc: "their region; default: what they have, else $AWS_REGION, else none" },
    program: PROGRAM_FLAG,
    ...samlFlags,
  }),
  store: STORE_FLAG,
  "dry-run": { kind: "switch", doc: "show what would be done and do nothing" },
  json: { kind: "switch", doc: "print the plans as JSON" },
} as const;

type Flags = FlagValues<typeof flags>;

export const command = defineCommand({
  path: "setup oidc",
  description: [
    "Looks at the provider's metadata, and adds an identity to brevet's config; with --role also a profile of the role, there and",
    "in ~/.aws/config. Asks for what no flag says. `brevet unsetup` removes exactly what was made; the choice of --store stays.",
  ].join("\n"),
  flags,
  examples: [
    { line: "brevet setup oidc --issuer https://id.example.com/realms/dev --client-id brevet", does: "then: brevet login" },
    {
      line: "brevet setup oidc --issuer https://accounts.google.com --client-id ID --port 8765 --role arn:aws:iam::123456789012:role/dev",
      does: "then: aws --profile brevet s3 ls",
    },
  ],
  async run({ flags }, context) {
    const { terminal, compose } = context;
    await wishGuard(flags.store, context);
    const role = flags.role === undefined ? null : parseRoleArn(flags.role, "--role").text;
    const input = await readInput(flags, context);
    const client = flags["dry-run"] ? null : await provideClient(input.name, flags, context);
    const plans = await compose.plans();
    const identity = await (await entryReader(context, plans))("identity", input.name);
    const identityPlan = planJoinOidc(input, { brevetConfigFile: context.paths.configFile, identity });
    const awsPlan = role === null ? null : await planAws(role, input.name, flags, plans, context);
    const all = awsPlan === null ? [identityPlan] : [identityPlan, awsPlan];
    await showAll(all, flags, plans, context);
    if (flags["dry-run"]) return 0;
    for (const plan of all) await applyPlan(plan, plans);
    await keepGuard(flags.store, context);
    if (client !== null && !flags.json) context.output(client);
    const isThere = changesOf(identityPlan).length === 0;
    terminal.say(`the identity ${input.name} ${isThere ? "was as it should be" : "is written"}`);
    if (awsPlan === null) terminal.say(`sign in, which tries it: \`brevet login ${input.name}\``);
    else {
      const profile = profileNameOf(awsPlan);
      await reportJoined({ plan: awsPlan, profile, identity: input.name, purpose: "brevet setup oidc" }, context);
      terminal.say(tryLine(profile, undefined, context.environment));
    }
    for (const plan of all) terminal.say(`undo it: \`brevet unsetup ${plan.id}\``);
    return 0;
  },
});

async function readInput(flags: Flags, { compose, terminal, workingFolder }: Context): Promise<JoinOidcInput> {
  const name = flags.identity ?? "work";
  const issuer = issuerOf(await given(flags.issuer, "--issuer", "the provider's issuer URL?", terminal));
  const clientFlag = flags["client-id"];
  const askForClient = () => given(clientFlag, "--client-id", "the client id that is registered there?", terminal);
  // A mistyped issuer is told before the next question.
  const early = clientFlag === undefined && terminal.hasPerson ? null : await askForClient();
  const redirect = {
    ...(flags["redirect-host"] === undefined ? {} : { host: flags["redirect-host"] }),
    ...(flags.port.length === 0 ? {} : { ports: flags.port.map(readPort) }),
    ...(flags["redirect-path"] === undefined ? {} : { path: flags["redirect-path"] }),
  };
  const options = {
    ...clientOptions(flags, workingFolder),
    ...(flags.parameter.length === 0 ? {} : { authorizationParameters: Object.fromEntries(flags.parameter.map(parameterOf)) }),
    ...(Object.keys(redirect).length === 0 ? {} : { redirect }),
  };
  const { findings, hasOfflineAccess } = await compose.inspectProvider({
    name,
    kind: "oidc",
    options: { issuer, clientId: early ?? ANY_CLIENT, ...options },
    place: TYPED,
  });
  for (const { tone, text } of findings) if (tone === "good") terminal.say(text);
  for (const { tone, text } of findings) if (tone === "warn") terminal.warn(text);
  const clientId = early ?? (await askForClient());
  const more = flags.scope.length > 0 ? flags.scope : hasOfflineAccess ? ["offline_access"] : [];
  return { name, issuer, clientId, options: { ...(more.length === 0 ? {} : { scopes: ["openid", ...more] }), ...options } };
}

/** A provider is looked at before the person is asked for a client; nothing of what is looked at depends on which one it is. */
const ANY_CLIENT = "any";

/** What was typed for the members of the identity. */
const TYPED = placeIn(null, "the identity").withTyped({
  issuer: "--issuer",
  clientId: "--client-id",
  authorizationParameters: "--parameter",
  clientAuthentication: "--client-authentication",
});

async function given(flag: string | undefined, name: string, question: string, terminal: Context["terminal"]): Promise<string> {
  const value = flag ?? (terminal.hasPerson ? await terminal.ask(question) : undefined);
  if (value !== undefined && value.trim() !== "") return value.trim();
  throw new Fault("USAGE_INVALID", `\`brevet setup oidc\` needs ${name}`, {
    hints: ["`brevet setup oidc … --issuer https://id.example.com --client-id brevet`"],
  });
}

/** Documents and other tools name the URL of the metadata; the issuer is its beginning. */
function issuerOf(text: string): string {
  return text.replace(/\/\.well-known\/(openid-configuration|oauth-authorization-server)$/, "");
}

function parameterOf(text: string): readonly [string, string] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key !== undefined && value !== undefined) return [key, value];
  throw new Fault("USAGE_INVALID", `--parameter "${text}" is not KEY=VALUE`);
}

function planAws(roleArn: string, identity: string, flags: Flags, plans: PlanPorts, context: Context): Promise<Plan> {
  const { environment } = context;
  const named = regionOf(flags, environment);
  if (named !== null) requireSamePartition(named.region, partitionOfRole(roleArn), roleArn, named.namedBy);
  const { profile, program } = flags;
  const regions = { region: flags.region ?? null, defaultRegion: named?.region ?? null };
  return planProfiles(
    { profile, roleArn, ...regions, endpointUrl: null, source: { identity }, saml: samlOf(flags), program },
    plans,
    context,
  );
}

async function showAll(all: readonly Plan[], flags: Flags, plans: PlanPorts, context: Context): Promise<void> {
  if (!flags.json) for (const plan of all) await showPlan(plan, flags, plans, context);
  else {
    for (const plan of all) await checkPlan(plan, plans);
    context.output(jsonPage(all.map(planJson)));
  }
}
