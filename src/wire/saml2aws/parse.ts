import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
import type { ImportedProvider } from "../aws-cli-oidc/parse.ts";
import { parseAwsConfig } from "../aws-config/parse.ts";
import { NAME_PATTERN } from "../brevet-config/config.ts";

/** What could be taken over of saml2aws's accounts, and what could not, one line each. */
export interface Saml2awsImport {
  readonly providers: readonly ImportedProvider[];
  readonly left: readonly string[];
}

/** What saml2aws calls its first account, and AWS's tools the profile that they take where none is named. */
const DEFAULT = "default";

/** By the profile of the AWS tools that the account fills, by default `saml`. */
function nameInPlaceOfDefault(profile: string, taken: readonly string[]): string {
  return NAME_PATTERN.test(profile) && profile !== DEFAULT && !taken.includes(profile) ? profile : "saml2aws";
}

/**
 * Reads saml2aws's config, an INI file with a section for each account. That tool fills in the provider's login pages; brevet signs in by
 * OpenID Connect, so only accounts at Keycloak can be taken over: its realm is an OpenID provider too.
 *
 * @param clientId of the OpenID client that is registered there for brevet: saml2aws has none.
 * @throws {Fault} `IMPORT_MALFORMED` when nothing can be taken over; `AWS_CONFIG_MALFORMED` for what is no INI file.
 */
export function parseSaml2aws(text: string, file: string, clientId: string): Saml2awsImport {
  const accounts = parseAwsConfig(text, file).sections.map(({ header, keys }) => ({
    name: header.trim(),
    value: (key: string): string => keys.find(({ name }) => name === key)?.value.trim() ?? "",
  }));
  const providers: ImportedProvider[] = [];
  const left: string[] = [];
  for (const { name, value } of accounts) {
    const issuer = /^(https:\/\/.+\/realms\/[^/?#]+)/.exec(value("url"))?.[1];
    if (!/^keycloak$/i.test(value("provider")) || issuer === undefined) {
      left.push(
        `${name}: ${value("provider") || "no provider"} has no OpenID issuer in this file: \`${shellCommand`brevet setup oidc --identity ${name}`}\``,
      );
      continue;
    }
    const seconds = Number(value("aws_session_duration"));
    const taken = accounts.map((account) => account.name);
    const named = name === DEFAULT ? nameInPlaceOfDefault(value("aws_profile"), taken) : name;
    providers.push({
      name: named,
      issuer,
      clientId,
      clientSecret: null,
      clientCertificate: null,
      authorizationParameters: {},
      scopes: null,
      roleArn: value("role_arn") || null,
      durationSeconds: seconds >= 900 && seconds <= 43_200 ? seconds : null,
      federation: { kind: "saml", audience: value("aws_urn") || "urn:amazon:webservices", subjectToken: "access" },
      left: [
        ...(named === name ? [] : [`the name ${DEFAULT}, by which AWS's tools know what is asked for no profile`]),
        ...(value("role_arn") === "" ? [`a role: \`brevet roles ${named} --saml\` lists them`] : []),
      ],
    });
  }
  if (providers.length > 0) return { providers, left };
  throw new Fault("IMPORT_MALFORMED", `${file} has no account at Keycloak, and those at other providers have no OpenID issuer`, {
    hints: left.length > 0 ? left.slice(0, 5) : ["`brevet setup oidc` signs in at any OpenID provider"],
  });
}
