import { Fault } from "../../core/fault.ts";
import { decodeJwtUnverified } from "../../wire/jwt/decode.ts";
import type { AmbientOptions } from "./options.ts";
import type { AmbientSource } from "./source.ts";
import type { Surroundings } from "./surroundings.ts";

/** Where Kubernetes puts the token of a pod's service account unless the pod says otherwise. */
const SERVICE_ACCOUNT_FILE = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** The name of the token's variable in GitLab's own examples. */
const GITLAB_VARIABLE = "GITLAB_OIDC_TOKEN";

/** A token that is only read, from a file or a variable. It has the audience that it was made for, and no other can be had. */
interface HeldToken {
  readonly title: string;
  readonly isHere: AmbientSource["isHere"];
  /** Its text, and where it was found, for messages; null when nothing is there. */
  readonly read: (
    surroundings: Surroundings,
    options: AmbientOptions,
  ) => { readonly place: string; readonly text: string | null };
  /** What to do when nothing is there, where a token for that audience is wanted. */
  readonly hint: (audience: string, options: AmbientOptions) => string;
}

function heldToken({ title, isHere, read, hint }: HeldToken): AmbientSource {
  return {
    title,
    isHere,
    mark(surroundings, options) {
      const text = read(surroundings, options).text?.trim() ?? "";
      const { issuer, subject } = whoIn(text);
      return issuer === null || subject === null ? text : JSON.stringify([issuer, subject]);
    },
    who: (surroundings, options) => whoIn(read(surroundings, options).text?.trim() ?? ""),
    async token({ audience }, surroundings, options) {
      const { place, text } = read(surroundings, options);
      if (text !== null && text.trim() !== "") return text.trim();
      throw new Fault("AMBIENT_ABSENT", `there is no token in ${place}`, { hints: [hint(audience, options)] });
    },
  };
}

/** What an unverified token says of itself; nothing is decided by it. */
function whoIn(token: string): { readonly issuer: string | null; readonly subject: string | null } {
  try {
    const { iss, sub } = decodeJwtUnverified(token).claims;
    return { issuer: typeof iss === "string" ? iss : null, subject: typeof sub === "string" ? sub : null };
  } catch (cause) {
    if (cause instanceof Fault) return { issuer: null, subject: null };
    throw cause;
  }
}

/** A job of GitLab CI has its token in a variable that `id_tokens` names. @see GitLab Docs, "OpenID Connect (OIDC) Authentication Using ID Tokens" */
export const gitlabCi: AmbientSource = heldToken({
  title: "GitLab CI",
  isHere: ({ environment }) => environment["GITLAB_CI"] === "true",
  read({ environment }, { variable }) {
    const name = variable ?? GITLAB_VARIABLE;
    return { place: `the variable ${name}`, text: environment[name] ?? null };
  },
  hint: (audience, { variable }) =>
    `declare it in the job: \`id_tokens: { ${variable ?? GITLAB_VARIABLE}: { aud: ${JSON.stringify(audience)} } }\``,
});

/** @see Kubernetes documentation, "Configure Service Accounts for Pods", ServiceAccount token volume projection */
export const kubernetes: AmbientSource = heldToken({
  title: "Kubernetes",
  isHere: (surroundings, options) =>
    Boolean(surroundings.environment["KUBERNETES_SERVICE_HOST"]) && readTokenFile(surroundings, options).text !== null,
  read: readTokenFile,
  hint: (audience) =>
    `project a token into the pod: a volume with \`serviceAccountToken: { audience: ${JSON.stringify(audience)}, path: token }\`, and name the file`,
});

export const tokenFile: AmbientSource = heldToken({
  title: "a token file",
  isHere: () => false,
  read: ({ readFile }, { file }) => ({ place: file ?? "", text: readFile(file ?? "") }),
  hint: () => "see what writes the file, and as which user",
});

export const tokenVariable: AmbientSource = heldToken({
  title: "an environment variable",
  isHere: () => false,
  read: ({ environment }, { variable }) => ({ place: `the variable ${variable}`, text: environment[variable ?? ""] ?? null }),
  hint: () => "see what sets the variable, and whether it is passed on to this program",
});

function readTokenFile({ environment, readFile }: Surroundings, { file }: AmbientOptions) {
  const place = file ?? (environment["AWS_WEB_IDENTITY_TOKEN_FILE"] || SERVICE_ACCOUNT_FILE);
  return { place, text: readFile(place) };
}
