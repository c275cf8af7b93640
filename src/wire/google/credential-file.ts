import { Fault } from "../../core/fault.ts";

/** What an external account's credential file says; it holds no secret. */
export interface GoogleCredentialFile {
  /** The provider's resource name. */
  readonly provider: string;
  readonly serviceAccount: string | null;
  /** Seconds; null: the library's default. */
  readonly lifetimeSeconds: number | null;
  /** Where the token comes from: the words that start brevet, with its own after them, or a file that is kept fresh. */
  readonly source:
    | { readonly kind: "executable"; readonly command: readonly string[] }
    | { readonly kind: "file"; readonly file: string };
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
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: `${file.stsUrl}v1/token`,
    token_info_url: `${file.stsUrl}v1/introspect`,
    ...impersonation,
    credential_source: encodeSource(file.source),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function encodeSource(source: GoogleCredentialFile["source"]): unknown {
  if (source.kind === "file") return { file: source.file, format: { type: "text" } };
  return { executable: { command: encodeGoogleCommand(source.command), timeout_millis: TIMEOUT_MILLIS } };
}

/**
 * A command that every library of Google's splits in the same way: Node's at spaces and double quotes and at nothing else, Python's
 * as a shell does, so that a backslash is none there.
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
