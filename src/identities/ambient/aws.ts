import { Fault } from "../../core/fault.ts";
import type { AssertionRequest } from "../../core/identity.ts";
import { awsRegion } from "../../platform/aws-region.ts";
import { parseStsAnswer } from "../../wire/aws-sts/answer.ts";
import { partitionOfRegion } from "../../wire/aws-sts/partitions.ts";
import { signStsCall } from "../../wire/aws-sts/sign.ts";
import { askPatiently } from "./ask.ts";
import { ambientAwsKeys, containerAddress } from "./aws-keys.ts";
import type { AmbientSource } from "./source.ts";
import type { Surroundings } from "./surroundings.ts";

const TITLE = "AWS";
const ENABLE = "an administrator of the account turns it on: `aws iam enable-outbound-web-identity-federation`";
const DEFAULT_SECONDS = 300;
/** The firmware of an EC2 machine; older ones say `xen` here and are named by `source`. */
const VENDOR_FILE = "/sys/class/dmi/id/sys_vendor";

/**
 * A token that says which AWS role runs this program, for whoever trusts the account's own issuer: STS makes it for keys that the
 * surroundings give. Only RS256 is asked for; the other algorithm of STS, ES384, is none of those that brevet asks an issuer for.
 *
 * @see STS API Reference, GetWebIdentityToken, which the global endpoint does not have
 */
export const aws: AmbientSource = {
  title: TITLE,
  isHere: (surroundings) =>
    containerAddress(surroundings.environment) !== null || (surroundings.readFile(VENDOR_FILE) ?? "").startsWith("Amazon EC2"),
  mark({ environment }) {
    return environment["AWS_ACCESS_KEY_ID"] || containerAddress(environment) || "the machine's role";
  },
  async token(request, surroundings) {
    if (!request.algorithms.includes("RS256")) {
      throw new Fault(
        "ALGORITHM_UNSUPPORTED",
        `${request.audience} needs ${request.algorithms.join(" or ")}, and AWS signs by RS256`,
      );
    }
    const { environment, clock } = surroundings;
    const keys = await ambientAwsKeys(surroundings);
    const region = regionOf(environment);
    const endpoint = endpointOf(environment, region);
    const body = new URLSearchParams(parametersOf(request)).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8", "user-agent": "brevet" };
    const signed = async () => {
      const all = await signStsCall({ endpoint, headers, body }, keys, region, clock.now());
      return { method: "POST", url: endpoint, headers: all, body } as const;
    };
    return askPatiently(signed, (response) => tokenIn(response.body, new URL(endpoint).host), surroundings);
  },
};

function parametersOf({ audience, maxAgeSeconds = DEFAULT_SECONDS }: AssertionRequest): Record<string, string> {
  return {
    Action: "GetWebIdentityToken",
    Version: "2011-06-15",
    "Audience.member.1": audience,
    SigningAlgorithm: "RS256",
    DurationSeconds: String(Math.max(60, maxAgeSeconds)),
  };
}

function tokenIn(body: string, host: string): string {
  const answer = parseStsAnswer(body, "GetWebIdentityToken");
  if (answer?.kind === "result" && answer.text("WebIdentityToken") !== "") return answer.text("WebIdentityToken");
  if (answer?.kind !== "error") throw new Fault("RESPONSE_INVALID", `what ${host} answered is not an answer of STS`);
  // AWS's sentence is not repeated: nothing here knows which of the keys or tokens it may quote.
  const cloudCode = /^[A-Za-z.]{1,64}$/.test(answer.code) ? answer.code : "an unknown code";
  const hints = cloudCode.startsWith("OutboundWebIdentityFederationDisabled")
    ? [ENABLE]
    : ["allow the role `sts:GetWebIdentityToken`"];
  throw new Fault("AMBIENT_REFUSED", `AWS gave no token (${cloudCode})`, { hints, details: { cloudCode } });
}

function regionOf(environment: Surroundings["environment"]): string {
  const region = awsRegion(environment);
  if (region !== null) return region;
  throw new Fault(
    "REGION_INVALID",
    "it is not said in which AWS region this program runs, and only regional endpoints make tokens",
    {
      hints: ["set `AWS_REGION`"],
    },
  );
}

function endpointOf(environment: Surroundings["environment"], region: string): string {
  const configured = environment["AWS_ENDPOINT_URL_STS"] || environment["AWS_ENDPOINT_URL"];
  return configured || `https://sts.${region}.${partitionOfRegion(region, "AWS_REGION").suffix}/`;
}
