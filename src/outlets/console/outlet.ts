import type { AwsCredentials } from "../../core/credentials.ts";
import { Fault } from "../../core/fault.ts";
import { handOutHint } from "../../core/hand-out-hint.ts";
import type { Http } from "../../core/http.ts";
import type { Outlet, Output } from "../../core/outlet.ts";
import { placeIn } from "../../core/place.ts";
import { posixWord } from "../../core/posix-word.ts";
import type { Secret } from "../../core/secret.ts";
import { sandboxMovedHint } from "../../core/shell-variables.ts";
import { type Clock, formatDuration } from "../../core/time.ts";
import type { OpenBrowser } from "../../platform/browser.ts";
import { callCloud } from "../../platform/http/call-cloud.ts";
import type { Environment } from "../../platform/paths.ts";
import { destinationOf } from "../../wire/aws-console/destination.ts";
import { encodeGetSigninToken, FEDERATION_PATH, readSigninToken, signInUrl } from "../../wire/aws-console/federation.ts";
import { consoleHosts } from "../../wire/aws-console/hosts.ts";
import { configuredEndpoint } from "../../wire/aws-sts/call-settings.ts";
import { requireEndpointUrl } from "../../wire/aws-sts/endpoint.ts";
import { partitionOfRole } from "../../wire/aws-sts/partitions.ts";
import { handOver } from "./hand-over.ts";

export interface ConsoleWish {
  /** The name of the profile, for messages. */
  readonly profile: string;
  /** What the person typed; null: the console's first page. */
  readonly destination: string | null;
  /** Null: as long as the credentials live. */
  readonly sessionSeconds: number | null;
  /** Prints the address instead of opening it. */
  readonly print: boolean;
  /** Only the variables that say where AWS is are read. */
  readonly environment: Environment;
}

export interface ConsolePorts {
  readonly http: () => Promise<Http>;
  readonly clock: Clock;
  readonly output: Output;
  /** One line to the person, on stderr. */
  readonly say: (line: string) => void;
  readonly openBrowser: OpenBrowser;
}

/**
 * Signs a browser in to AWS's console as the role of the credentials.
 *
 * @throws {Fault} also `CREDENTIALS_UNSUPPORTED` for a partition without a known console, `URL_INVALID`, what `callCloud` raises, and what
 * {@link handOver} raises.
 */
export function consoleOutlet(wish: ConsoleWish, ports: ConsolePorts): Outlet {
  return {
    async deliver(credentials) {
      if (credentials.kind !== "aws") {
        throw new Fault(
          "CREDENTIALS_UNSUPPORTED",
          `the console of AWS takes a role of AWS, not ${credentials.kind} credentials`,
          {
            hints: [handOutHint(credentials.kind, wish.profile), "`brevet status` shows the profiles that there are"],
          },
        );
      }
      const url = await signInAddress(credentials, wish, ports);
      if (wish.print) {
        ports.output(`${url.reveal()}\n`);
        return 0;
      }
      await handOver(url, ports.openBrowser, `brevet console ${posixWord(wish.profile)}`);
      const left = formatDuration(wish.sessionSeconds ?? credentials.expiresAt - ports.clock.now());
      ports.say(`the browser is at the console as ${credentials.assumedRoleArn}, for ${left}`);
      return 0;
    },
  };
}

async function signInAddress(credentials: AwsCredentials, wish: ConsoleWish, ports: ConsolePorts): Promise<Secret<string>> {
  const hosts = consoleHosts(partitionOfRole(credentials.assumedRoleArn));
  const destination = destinationOf(wish.destination, hosts, credentials.region);
  const endpoint = `${signInEndpoint(hosts.signIn, wish.environment)}${FEDERATION_PATH}`;
  return signInUrl(endpoint, await getSigninToken(credentials, endpoint, wish, ports), destination);
}

function signInEndpoint(host: string, environment: Environment): string {
  const configured = configuredEndpoint("SIGNIN", environment);
  if (configured === null) return `https://${host}`;
  requireEndpointUrl(configured, "SIGNIN", "see AWS_ENDPOINT_URL_SIGNIN and AWS_ENDPOINT_URL");
  const { protocol, origin, pathname } = new URL(configured);
  if (protocol === "https:") return `${origin}${pathname.replace(/\/$/, "")}`;
  throw new Fault("URL_INVALID", `the console's sign-in takes the secret key itself, and ${origin} could be anybody's`, {
    hints: ["see AWS_ENDPOINT_URL_SIGNIN and AWS_ENDPOINT_URL: write `https://signin.example.com`"],
  });
}

async function getSigninToken(
  credentials: AwsCredentials,
  endpoint: string,
  { profile, sessionSeconds }: ConsoleWish,
  { http, clock }: ConsolePorts,
): Promise<Secret<string>> {
  return callCloud<Secret<string>>(
    {
      service: "the console's sign-in",
      cloud: "AWS",
      keepsTime: true,
      subject: credentials.assumedRoleArn,
      endpoint,
      place: placeIn(null, `profiles.${profile}`),
      proof: null,
      secrets: [credentials.secretAccessKey, credentials.sessionToken],
      request: async () => ({ method: "POST", ...encodeGetSigninToken(credentials, sessionSeconds) }),
      async reader() {
        return (response) => {
          const token = readSigninToken(response);
          if (token !== null) return { kind: "result", value: token };
          // A page of HTML says no more than its status does.
          return response.status === 400 ? { kind: "error", code: "400", message: "" } : null;
        };
      },
      advise: () => ({
        means:
          sessionSeconds === null
            ? "it takes no such credentials"
            : "it takes no such credentials, or no session as long as that",
        hints: [
          ...(sessionSeconds === null
            ? []
            : ["see whether it goes without `--for`: a role allows no more than its maximum session duration"]),
          `see whether AWS takes the credentials: \`brevet status ${posixWord(profile)} --check\``,
        ],
        transient: false,
        judgesTimes: false,
      }),
      endpointHints: {
        loopback: () => sandboxMovedHint(["AWS_ENDPOINT_URL"]),
        unknownName: "look at AWS_ENDPOINT_URL_SIGNIN and AWS_ENDPOINT_URL",
        foreign: "see whether a proxy or a login page of the network stands before it, and what AWS_ENDPOINT_URL says",
      },
    },
    { http: await http(), clock },
  );
}
