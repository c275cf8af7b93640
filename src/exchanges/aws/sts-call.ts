import type { ProofToken } from "../../core/exchange.ts";
import type { Place } from "../../core/place.ts";
import type { Secret } from "../../core/secret.ts";
import { sandboxMovedHint } from "../../core/shell-variables.ts";
import { type CloudPorts, callCloud } from "../../platform/http/call-cloud.ts";
import type { StsAnswer } from "../../wire/aws-sts/answer.ts";
import { encodeStsCall } from "../../wire/aws-sts/encode-call.ts";
import { isTransient } from "../../wire/aws-sts/is-transient.ts";
import { adviceFor, judgesTimes } from "./refusals.ts";

/** One action of STS, ready to be sent. */
export interface StsCall {
  readonly action:
    | "AssumeRoleWithWebIdentity"
    | "AssumeRoleWithSAML"
    | "AssumeRole"
    | "GetCallerIdentity"
    | "GetWebIdentityToken";
  readonly endpoint: string;
  /** Parameters of the query protocol, without `Action` and `Version`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What is asked for, for messages: the role's ARN. */
  readonly subject: string;
  /** Where its options come from. */
  readonly place: Place;
  /** The token that is redeemed, which is the parameter `WebIdentityToken`. */
  readonly token?: ProofToken;
  /** What else is sent and must not come back in a message. */
  readonly secrets: readonly Secret<string>[];
  /** Adds a signature; absent for the action that is authenticated by the token in it. */
  readonly sign?: (endpoint: string, headers: Readonly<Record<string, string>>, body: string) => Promise<Record<string, string>>;
}

/** The result of an action: the text of an element by its path, `""` when there is none. */
export type StsResult = Extract<StsAnswer, { kind: "result" }>["text"];

/**
 * Calls STS by its query protocol.
 *
 * @throws {Fault} what `callCloud` raises.
 */
export async function callSts(call: StsCall, ports: CloudPorts): Promise<StsResult> {
  return callCloud<StsResult>(
    {
      service: "STS",
      cloud: "AWS",
      keepsTime: true,
      subject: call.subject,
      endpoint: call.endpoint,
      place: call.place,
      proof: call.token ?? null,
      secrets: call.secrets,
      async request(proof) {
        const own = call.token === undefined ? {} : { WebIdentityToken: proof };
        const { headers, body } = encodeStsCall(call.action, { ...call.parameters, ...own });
        return { method: "POST", headers: (await call.sign?.(call.endpoint, headers, body)) ?? headers, body };
      },
      async reader() {
        const { parseStsAnswer } = await import("../../wire/aws-sts/answer.ts");
        return async (response) => {
          const answer = await parseStsAnswer(response.body, call.action);
          return answer?.kind === "result" ? { kind: "result", value: answer.text } : answer;
        };
      },
      advise: ({ code, message }) => ({
        ...adviceFor(code, message),
        transient: isTransient(code, message),
        judgesTimes: judgesTimes(code),
      }),
      endpointHints: {
        loopback: () => sandboxMovedHint(["AWS_ENDPOINT_URL_STS"]),
        unknownName: "look at the region, or the endpoint, of {}",
        foreign: "see whether a proxy or a login page of the network stands before it, and what `AWS_ENDPOINT_URL` says",
      },
    },
    ports,
  );
}
