import { createPublicKey } from "node:crypto";
import { jsonAnswer } from "../json-answer.ts";
import type { SandboxAnswer, SandboxRequest, SandboxService } from "../service.ts";
import { OUTBOUND_HOST, type OutboundFederation, type TokenAlgorithm } from "./outbound-federation.ts";

const ALGORITHMS: readonly TokenAlgorithm[] = ["RS256", "ES384"];
const DISCOVERY = "/.well-known/openid-configuration";
const JWKS = "/.well-known/jwks.json";

/**
 * The documents that AWS publishes for each account whose principals may ask STS for tokens, under the account's own host.
 *
 * @see IAM API Reference, EnableOutboundWebIdentityFederation, IssuerIdentifier
 */
export function awsOutboundService(outbound: OutboundFederation): SandboxService {
  return {
    name: "aws-outbound",
    certifiedHosts: ["*.tokens.sts.global.api.aws"],
    hasHost: (hostname) => OUTBOUND_HOST.test(hostname) || hostname === "*.tokens.sts.global.api.aws",
    wants: () => false,
    actionOf: ({ path }) => path,
    async answer(request) {
      const answer = documentFor(request, outbound);
      const isThere = answer !== null;
      const served = answer ?? jsonAnswer(404, { error: "NotFound" });
      const record = {
        service: "aws-outbound",
        action: request.path.slice(0, 100),
        status: served.status,
        code: isThere ? null : "NotFound",
        summary: isThere ? `documents of ${request.host}` : "there is no such document",
        findings: [],
      };
      return { answer: served, record };
    },
  };
}

function documentFor({ method, host, path }: SandboxRequest, outbound: OutboundFederation): SandboxAnswer | null {
  const hostname = host.replace(/:\d+$/, "");
  const accountId = method === "GET" ? outbound.accountOf(hostname) : null;
  if (accountId === null) return null;
  if (path === JWKS) return jsonAnswer(200, { keys: ALGORITHMS.map((algorithm) => publicKey(outbound, accountId, algorithm)) });
  if (path !== DISCOVERY) return null;
  return jsonAnswer(200, {
    issuer: `https://${hostname}`,
    jwks_uri: `https://${hostname}${JWKS}`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ALGORITHMS,
  });
}

function publicKey(outbound: OutboundFederation, accountId: string, algorithm: TokenAlgorithm): object {
  const { kid, privateKey } = outbound.keyOf(accountId, algorithm);
  return { ...createPublicKey(privateKey).export({ format: "jwk" }), kid, alg: algorithm, use: "sig" };
}
