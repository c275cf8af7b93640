import { Fault } from "../../core/fault.ts";
import type { HttpResponse } from "../../core/http.ts";
import { isUnavailable, laterHint, restSecondsOf } from "../../platform/http/retry.ts";
import { parseStsAnswer } from "../../wire/aws-sts/answer.ts";
import { callSettings, NO_CALL_OPTIONS } from "../../wire/aws-sts/call-settings.ts";
import { encodeStsCall, webIdentityTokenParameters } from "../../wire/aws-sts/encode-call.ts";
import { stsEndpoint } from "../../wire/aws-sts/endpoint.ts";
import { isTransient } from "../../wire/aws-sts/is-transient.ts";
import { ambientRegion } from "../../wire/aws-sts/named-region.ts";
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
 * surroundings give.
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
    // Either one says that a role of AWS is to be had for the token.
    const isForRole = request.forRole !== undefined || request.audienceIsDefault === true;
    if (isForRole) throw ownToken(request.forRole ?? "a role of AWS");
    if (!request.algorithms.includes("RS256")) {
      throw new Fault(
        "ALGORITHM_UNSUPPORTED",
        `${request.audience} needs ${request.algorithms.join(" or ")}, and AWS signs by RS256`,
      );
    }
    const keys = await ambientAwsKeys(surroundings);
    const { region, endpoint } = placeOf(surroundings);
    const { audience, maxAgeSeconds = DEFAULT_SECONDS } = request;
    const { headers, body } = encodeStsCall("GetWebIdentityToken", webIdentityTokenParameters(audience, maxAgeSeconds));
    const signed = async () => {
      const all = await signStsCall({ endpoint, headers, body }, keys, region, surroundings.clock.now());
      return { method: "POST", url: endpoint, headers: all, body } as const;
    };
    return askPatiently(signed, (response) => tokenIn(response, new URL(endpoint).host), surroundings);
  },
};

/** @see IAM User Guide, "Getting started with outbound identity federation", note on AssumeRoleWithWebIdentity */
function ownToken(role: string): Fault {
  return new Fault("ASSERTION_UNSUPPORTED", `AWS takes no token that it signed itself, so none is redeemed for ${role}`, {
    hints: [
      "use the role that the machine has: AWS's tools find it without brevet",
      "for another one write `role_arn` into `~/.aws/config`, and `credential_source = Ec2InstanceMetadata` or `EcsContainer`",
    ],
  });
}

async function tokenIn(response: HttpResponse, host: string): Promise<string> {
  const answer = await parseStsAnswer(response.body, "GetWebIdentityToken");
  if (answer?.kind === "result" && answer.text("WebIdentityToken") !== "") return answer.text("WebIdentityToken");
  const refusal = answer?.kind === "error" ? answer : null;
  // AWS's sentence is not repeated: nothing here knows which of the keys or tokens it may quote.
  const cloudCode = refusal === null || /^[A-Za-z.]{1,64}$/.test(refusal.code) ? (refusal?.code ?? null) : "an unknown code";
  if (isUnavailable(response.status) || (refusal !== null && isTransient(refusal.code, refusal.message))) {
    const message = `AWS gives no token now (${cloudCode ?? `status ${response.status}`})`;
    throw new Fault("EXCHANGE_UNAVAILABLE", message, { hints: [laterHint(restSecondsOf(response))], details: { cloudCode } });
  }
  if (cloudCode === null) throw new Fault("RESPONSE_INVALID", `what ${host} answered is not an answer of STS`);
  const hints = cloudCode.startsWith("OutboundWebIdentityFederationDisabled")
    ? [ENABLE]
    : ["allow the role `sts:GetWebIdentityToken`"];
  throw new Fault("AMBIENT_REFUSED", `AWS gave no token (${cloudCode})`, { hints, details: { cloudCode } });
}

function placeOf({ environment }: Surroundings): { readonly region: string; readonly endpoint: string } {
  const settings = callSettings(NO_CALL_OPTIONS, environment);
  const named = ambientRegion(environment);
  if (named === null) {
    throw new Fault(
      "REGION_INVALID",
      "it is not said in which AWS region this program runs, and only regional endpoints make tokens",
      {
        hints: ["set `AWS_REGION`"],
      },
    );
  }
  const { region, namedBy } = named;
  return { region, endpoint: stsEndpoint(settings, partitionOfRegion(region, namedBy), region) };
}
