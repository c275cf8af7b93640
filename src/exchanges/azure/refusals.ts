import { CLOCK_HINT } from "../../core/time.ts";
import type { CloudAdvice, CloudHint } from "../../platform/http/call-cloud.ts";

type Advice = Pick<CloudAdvice, "means" | "hints">;

const INSPECT: CloudHint = { lookAtToken: "compare the federated credential with the token" };
const PROPAGATION = "a federated credential that was just made takes some minutes to be seen everywhere";

/** Microsoft does not say how long. @see kubernetes-sigs/blob-csi-driver, test/e2e/suite_test.go, which waits that long */
const KEYS_KEPT = "Entra ID keeps its copy of an issuer's keys: a new issuer or key may take half an hour, so try again";

/** By the number of Entra ID's error code, whose meaning is fixed while the sentences change. */
const ADVICE: Readonly<Record<string, Advice>> = {
  "70021": { means: "no federated credential fits the token", hints: [INSPECT, PROPAGATION] },
  "700211": { means: "no federated credential of the application has the token's issuer", hints: [INSPECT, PROPAGATION] },
  "700212": {
    means: "no federated credential for this issuer and subject has the token's audience",
    hints: [INSPECT, PROPAGATION],
  },
  "700213": { means: "no federated credential for this issuer has the token's subject", hints: [INSPECT, PROPAGATION] },
  "700024": { means: "the token's times were refused", hints: [CLOCK_HINT] },
  "700016": { means: "the tenant has no such application", hints: ["look at `clientId` and `tenantId` of {}"] },
  "90002": { means: "there is no such tenant", hints: ["look at {tenantId}"] },
  "7000272": {
    means: "Entra ID finds no key for the token",
    hints: ["see what Entra ID sees of the issuer: `brevet issuer verify`", KEYS_KEPT],
  },
  "700027": {
    means: "Entra ID cannot verify the signature",
    hints: ["see what Entra ID sees of the issuer: `brevet issuer verify`"],
  },
  "5002738": {
    means: "Entra ID takes RS256 alone",
    hints: [
      "make an RSA key: `brevet issuer generate --add RS256`, then publish",
      "or reach Azure through an AWS role: see the guide for Azure",
    ],
  },
  "1002012": { means: "the scope has to end in /.default", hints: ["mend {scope}"] },
  "500011": { means: "the tenant does not know the resource of the scope", hints: ["look at {scope}"] },
};

/** The number in `AADSTS700213`; null when there is none. */
function numberOf(code: string): string | null {
  return /^AADSTS(\d+)$/.exec(code)?.[1] ?? null;
}

/** What a refusal of Entra ID means, by its number. */
export function azureAdvice(code: string): CloudAdvice {
  const number = numberOf(code) ?? "";
  const advice = Object.hasOwn(ADVICE, number) ? ADVICE[number] : undefined;
  return {
    ...(advice ?? { means: null, hints: [] }),
    // "Service temporarily unavailable", "the request timed out", throttled.
    transient: /^(90033|90036|50196|90055)$/.test(number),
    judgesTimes: number === "700024",
  };
}
