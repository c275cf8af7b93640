import { refreshWindowSeconds } from "../../core/credentials.ts";
import { Fault } from "../../core/fault.ts";
import { parseJsonObject } from "../../core/json-object.ts";
import type { Outlet, Output } from "../../core/outlet.ts";
import { formatUtc } from "../../core/time.ts";

/** The versions of ExecCredential that Kubernetes' clients know: v1 since 1.22, v1beta1 before and beside it. */
const VERSIONS: readonly unknown[] = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/**
 * The answer to an exec plugin of kubectl, and of every client that is made of client-go: one ExecCredential with a bearer token.
 *
 * A client keeps the token until `expirationTimestamp`. The moment at which brevet would replace it stands there, so that no request
 * is under way with a token that ends.
 *
 * @param asked `KUBERNETES_EXEC_INFO`, by which a client says what it takes; undefined where a person types the command.
 * @throws {Fault} also `CREDENTIALS_UNSUPPORTED` for a version that is not known.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export function execCredentialOutlet(asked: string | undefined, output: Output): Outlet {
  return {
    async deliver(credentials) {
      if (credentials.kind !== "bearer") {
        throw new Fault("CREDENTIALS_UNSUPPORTED", `a cluster takes a token, and these are ${credentials.kind} credentials`, {
          hints: ["say for whom the token is: `brevet credential kubernetes --audience AUDIENCE`"],
        });
      }
      const answer = {
        apiVersion: versionOf(asked),
        kind: "ExecCredential",
        status: {
          expirationTimestamp: formatUtc(credentials.expiresAt - refreshWindowSeconds(credentials)),
          token: credentials.token.reveal(),
        },
      };
      output(`${JSON.stringify(answer)}\n`);
      return 0;
    },
  };
}

/** A client refuses an answer of another version than the one that its kubeconfig names. */
function versionOf(asked: string | undefined): unknown {
  if (asked === undefined || asked === "") return VERSIONS[0];
  const version = parseJsonObject(asked)?.["apiVersion"];
  if (VERSIONS.includes(version)) return version;
  throw new Fault("CREDENTIALS_UNSUPPORTED", "KUBERNETES_EXEC_INFO asks for a version of ExecCredential that is not known", {
    hints: ["in the kubeconfig, under `exec`: `apiVersion: client.authentication.k8s.io/v1`"],
  });
}
