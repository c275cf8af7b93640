import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import type { Place } from "../../core/place.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";

/** What can surround a program and say who it is, by the words of `source`; in the order in which they are looked for. */
export const SOURCE_NAMES = [
  "github-actions",
  "gitlab-ci",
  "buildkite",
  "kubernetes",
  "google",
  "aws",
  "file",
  "environment",
] as const;

/** A word of {@link SOURCE_NAMES}. */
export type SourceName = (typeof SOURCE_NAMES)[number];

/** The schema of an identity of kind `ambient` in the config, without `kind`; the JSON Schema is generated from it. */
export const ambientOptionsSchema = v.strictObject({
  source: v.optional(
    v.pipe(
      v.picklist(SOURCE_NAMES),
      v.description(
        "What surrounds the program and says who it is. Default: the first that is found, in the order of this list.",
      ),
    ),
  ),
  file: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "For `file` and `kubernetes`: the file that holds the token. Default, for `kubernetes`: `AWS_WEB_IDENTITY_TOKEN_FILE`, else the service account's.",
      ),
    ),
  ),
  variable: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable"),
      v.description(
        "For `environment` and `gitlab-ci`: the variable that holds the token. Default, for `gitlab-ci`: `GITLAB_OIDC_TOKEN`.",
      ),
    ),
  ),
  serviceAccount: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[A-Za-z0-9@._-]{1,128}$/, "the e-mail address of a service account, or `default`"),
      v.description("For `google`: the service account whose token the metadata server gives. Default: `default`."),
    ),
  ),
});

/** What the config says about an ambient identity, checked. */
export interface AmbientOptions {
  /** Null: the first that is found. */
  readonly source: SourceName | null;
  readonly file: string | null;
  readonly variable: string | null;
  readonly serviceAccount: string;
}

/** Which options say something to which sources; one that says nothing there is a mistake. */
const BELONGS = {
  file: ["file", "kubernetes"],
  variable: ["environment", "gitlab-ci"],
  serviceAccount: ["google"],
} as const satisfies Readonly<Record<string, readonly SourceName[]>>;

/**
 * Checks the options of an ambient identity.
 *
 * @param where names the place in messages: `identities.ci`.
 * @throws {Fault} `CONFIG_KEY_UNKNOWN`, `CONFIG_MALFORMED`.
 */
export function parseAmbientOptions(raw: unknown, where: Place): AmbientOptions {
  const { source = null, ...rest } = parseOptions(ambientOptionsSchema, raw, where);
  for (const [key, sources] of Object.entries(BELONGS)) {
    const given = rest[key as keyof typeof BELONGS] !== undefined;
    if (given && !sources.some((name) => name === source)) {
      throw new Fault("CONFIG_MALFORMED", `${where.at(key)} needs "source": "${sources.join('" or "')}"`, {
        details: { at: where.at(key).path },
      });
    }
  }
  if (source === "file" && rest.file === undefined) throw lacks(where, "file", "the file that holds the token");
  if (source === "environment" && rest.variable === undefined)
    throw lacks(where, "variable", "the variable that holds the token");
  const { file = null, variable = null, serviceAccount = "default" } = rest;
  return { source, file, variable, serviceAccount };
}

function lacks(where: Place, key: string, what: string): Fault {
  return new Fault("CONFIG_MALFORMED", `${where.at(key)} is missing: ${what}`, { details: { at: where.at(key).path } });
}
