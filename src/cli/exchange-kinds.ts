import type { Credentials } from "../core/credentials.ts";
import type { Exchange } from "../core/exchange.ts";
import { Fault } from "../core/fault.ts";
import type { Http } from "../core/http.ts";
import type { Clock } from "../core/time.ts";
import type { CallerIdentity } from "../exchanges/aws/get-caller-identity.ts";
import type { DirectOptions } from "../exchanges/direct/exchange.ts";
import type { Environment } from "../platform/paths.ts";
import { callShape } from "../wire/aws-sts/call-settings.ts";
import type { ExchangeKey } from "../wire/brevet-config/config.ts";
import type { PreparedExchange, SelectedEntry } from "./resolve-profile.ts";

/* The exchanges there are, loaded as `kinds.ts` says. */

/** What an exchange is made of, besides its options. */
export interface ExchangeParts {
  readonly clock: Clock;
  readonly http: () => Promise<Http>;
  readonly environment: Environment;
  readonly warn: (line: string) => void;
}

type PrepareExchange = (entry: SelectedEntry, parts: ExchangeParts) => Promise<PreparedExchange>;

/** The exchanges by the key of their block in a profile. */
const EXCHANGES: Readonly<Record<ExchangeKey, PrepareExchange>> = {
  async aws({ options: raw, block, source }, { clock, http, environment, warn }) {
    const parse = async () => (await import("../exchanges/aws/options.ts")).parseAwsOptions(raw, block);
    return {
      // Where STS is called shapes the credentials as much as the profile does.
      shape: { ...raw, ...callShape(raw, source.kind, environment) },
      async check() {
        await parse();
      },
      async open(subject) {
        const [options, { awsExchange }] = await Promise.all([parse(), import("../exchanges/aws/aws-exchange.ts")]);
        return awsExchange({ options, http: await http(), clock, environment, warn, subject });
      },
    };
  },
  async awsToken({ options: raw, block }, { clock, http, environment }) {
    const load = () => import("../exchanges/aws/web-identity-token.ts");
    return {
      shape: { ...raw, ...callShape({}, "via", environment) },
      async check() {
        (await load()).parseAwsTokenOptions(raw, block);
      },
      async open() {
        const { awsTokenExchange, parseAwsTokenOptions } = await load();
        const options = parseAwsTokenOptions(raw, block);
        return awsTokenExchange({ options, http: await http(), clock, environment });
      },
    };
  },
  async oauth({ options: raw, block }, { clock, http }) {
    const parse = async () => (await import("../exchanges/oauth/options.ts")).parseOauthOptions(raw, block);
    return {
      shape: raw,
      async check() {
        await parse();
      },
      async open() {
        const [options, { oauthExchange }] = await Promise.all([parse(), import("../exchanges/oauth/oauth-exchange.ts")]);
        return oauthExchange({ options, http: await http(), clock });
      },
    };
  },
  async azure({ options: raw, block }, { clock, http, environment }) {
    const { authorityShape } = await import("../exchanges/azure/authority.ts");
    const parse = async () => (await import("../exchanges/azure/options.ts")).parseAzureOptions(raw, block);
    return {
      shape: { ...raw, ...authorityShape(raw, environment) },
      async check() {
        await parse();
      },
      async open() {
        const [options, { azureExchange }] = await Promise.all([parse(), import("../exchanges/azure/azure-exchange.ts")]);
        return azureExchange({ options, http: await http(), clock, environment });
      },
    };
  },
  async gcp({ options: raw, block }, { clock, http, environment }) {
    const { endpointShape } = await import("../exchanges/gcp/endpoints.ts");
    const parse = async () => (await import("../exchanges/gcp/options.ts")).parseGcpOptions(raw, block);
    return {
      shape: { ...raw, ...endpointShape(raw, environment) },
      async check() {
        await parse();
      },
      async open() {
        const [options, { gcpExchange }] = await Promise.all([parse(), import("../exchanges/gcp/gcp-exchange.ts")]);
        return gcpExchange({ options, http: await http(), clock, environment });
      },
    };
  },
};

/** The exchanges whose refusals `brevet explain` explains. */
export const EXPLAINED_EXCHANGES = ["aws", "gcp", "azure"] as const;

/** Prepares profiles' exchanges. A refusal that `explain` can explain says so, because the cloud's own words help nobody. */
export function exchangesOf(parts: ExchangeParts): (entry: SelectedEntry) => Promise<PreparedExchange> {
  return async (entry) => {
    const prepared = await EXCHANGES[entry.exchange](entry, parts);
    const isExplained = entry.isAsInConfig && EXPLAINED_EXCHANGES.some((one) => one === entry.exchange);
    return isExplained ? { ...prepared, open: async (subject) => explained(await prepared.open(subject), entry.name) } : prepared;
  };
}

function explained(exchange: Exchange, name: string): Exchange {
  return {
    ...exchange,
    async redeem(proof) {
      try {
        return await exchange.redeem(proof);
      } catch (cause) {
        if (!(cause instanceof Fault) || cause.code !== "EXCHANGE_REFUSED") throw cause;
        throw cause.told({ hints: [`\`brevet explain ${name}\` says why`, ...cause.hints] });
      }
    },
  };
}

/** What a call of STS for that profile asks for, for `explain`. */
export interface AwsCallFacts {
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly durationSeconds: number;
  readonly region: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTags: readonly string[];
  readonly sourceIdentity: string | null;
  readonly externalId: string | null;
}

/** @param subject who the credentials are for; null where nobody knows. @throws {Fault} for a block that the exchange does not take. */
export async function awsCallFacts(
  { options: raw, block }: Pick<SelectedEntry, "options" | "block">,
  subject: string | null,
): Promise<AwsCallFacts> {
  const [{ parseAwsOptions }, { sessionParameters }] = await Promise.all([
    import("../exchanges/aws/options.ts"),
    import("../exchanges/aws/session-parameters.ts"),
  ]);
  const options = parseAwsOptions(raw, block);
  const { RoleSessionName: roleSessionName = "" } = sessionParameters(options, subject);
  const { role, durationSeconds, region, tags, transitiveTags, sourceIdentity, externalId } = options;
  return { roleArn: role.text, roleSessionName, durationSeconds, region, tags, transitiveTags, sourceIdentity, externalId };
}

/** Hands out the proof that an exchange would redeem. */
export async function presentProof(exchange: Exchange, clock: Clock): Promise<Exchange> {
  return (await import("../exchanges/direct/exchange.ts")).presentingExchange(exchange, clock);
}

/** No exchange: the identity's own token is what the audience takes. */
export function directExchange(options: DirectOptions, clock: Clock): PreparedExchange {
  return {
    shape: { ...options },
    check: async () => undefined,
    open: async () => (await import("../exchanges/direct/exchange.ts")).directExchange(options, clock),
  };
}

/** Asks AWS whose credentials these are. */
export async function awsCaller(entry: SelectedEntry, credentials: Credentials, parts: ExchangeParts): Promise<CallerIdentity> {
  if (credentials.kind !== "aws") throw new Fault("CREDENTIALS_UNSUPPORTED", `AWS does not know ${credentials.kind} credentials`);
  const [{ getCallerIdentity }, { parseAwsOptions }] = await Promise.all([
    import("../exchanges/aws/get-caller-identity.ts"),
    import("../exchanges/aws/options.ts"),
  ]);
  const options = parseAwsOptions(entry.options, entry.block);
  return getCallerIdentity(credentials, options, { ...parts, http: await parts.http() });
}
