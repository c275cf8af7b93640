import { Fault } from "../../core/fault.ts";
import { parseJsonObject } from "../../core/json-object.ts";
import type { Secret } from "../../core/secret.ts";
import { JWT_TYPE } from "../oauth/names.ts";

/** What an external account's credential file says; it holds no secret, unless the token comes from a URL. */
export interface GoogleCredentialFile {
  /** The provider's resource name. */
  readonly provider: string;
  readonly serviceAccount: string | null;
  /** Seconds; null: the library's default. */
  readonly lifetimeSeconds: number | null;
  /**
   * Where the token comes from: the words that start brevet, with its own after them; a file that is kept fresh; or a URL that
   * answers requests with that `Authorization` by {@link encodeGoogleToken}.
   */
  readonly source:
    | { readonly kind: "executable"; readonly command: readonly string[] }
    | { readonly kind: "file"; readonly file: string }
    | { readonly kind: "url"; readonly url: string; readonly authorization: string };
  /** Base URLs, each ending in a slash. */
  readonly stsUrl: string;
  readonly iamCredentialsUrl: string;
}

/** Google's libraries give an executable 5 to 120 seconds; a touch or a sign-in may need half of a minute. */
const TIMEOUT_MILLIS = 60_000;

/**
 * The credential file for gcloud (`gcloud auth login --cred-file`) and for `GOOGLE_APPLICATION_CREDENTIALS`.
 *
 * @throws {Fault} `VALUE_UNQUOTABLE` for a program whose path Google's libraries would take apart.
 * @see https://google.aip.dev/auth/4117
 */
export function encodeGoogleCredentialFile(file: GoogleCredentialFile): string {
  const { provider, serviceAccount, lifetimeSeconds } = file;
  const impersonation =
    serviceAccount === null
      ? {}
      : {
          service_account_impersonation_url: `${file.iamCredentialsUrl}v1/projects/-/serviceAccounts/${serviceAccount}:generateAccessToken`,
          ...(lifetimeSeconds === null ? {} : { service_account_impersonation: { token_lifetime_seconds: lifetimeSeconds } }),
        };
  const document = {
    universe_domain: "googleapis.com",
    type: "external_account",
    audience: `//iam.googleapis.com/${provider}`,
    subject_token_type: JWT_TYPE,
    token_url: `${file.stsUrl}v1/token`,
    token_info_url: `${file.stsUrl}v1/introspect`,
    ...impersonation,
    credential_source: encodeSource(file.source),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** The account that gcloud shows after a sign-in by a credential file: its service account; null where it has none. */
export function serviceAccountIn(text: string): string | null {
  const { service_account_impersonation_url: url } = parseJsonObject(text) ?? {};
  const account = typeof url === "string" ? /\/serviceAccounts\/([^/:]+):generateAccessToken$/.exec(url) : null;
  return account?.[1] ?? null;
}

function encodeSource(source: GoogleCredentialFile["source"]): unknown {
  if (source.kind === "file") return { file: source.file, format: { type: "text" } };
  if (source.kind === "url") {
    const format = { type: "json", subject_token_field_name: TOKEN_FIELD };
    return { url: source.url, headers: { Authorization: source.authorization }, format };
  }
  return { executable: { command: encodeGoogleCommand(source.command), timeout_millis: TIMEOUT_MILLIS } };
}

const TOKEN_FIELD = "id_token";

/** What the URL of a URL-sourced credential answers. @see https://google.aip.dev/auth/4117 */
export function encodeGoogleToken(token: Secret<string>): string {
  return JSON.stringify({ [TOKEN_FIELD]: token.reveal() });
}

/**
 * A command that every library of Google's splits in the same way: Node's only at spaces and double quotes, Python's as a shell
 * does, so that a backslash disappears there.
 */
export function encodeGoogleCommand(words: readonly string[]): string {
  return words
    .map((word) => {
      const plain = /^[A-Za-z]:[\\/]/.test(word) ? word.replaceAll("\\", "/") : word;
      if (/^[\w@%+=:,./-]+$/.test(plain)) return plain;
      if (/^[^"'\\$`\p{Cc}]+$/u.test(plain)) return `"${plain}"`;
      throw new Fault("VALUE_UNQUOTABLE", `Google's libraries cannot be given the program ${JSON.stringify(word)}`, {
        hints: ["name one by `--program FILE` whose path has no quotes, backslashes or dollar signs"],
      });
    })
    .join(" ");
}
