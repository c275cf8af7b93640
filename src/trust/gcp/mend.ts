import { shellCommand } from "../../core/shell-command.ts";
import type { PublicKey } from "../../core/signer.ts";
import { visibleJson } from "../../core/visible.ts";
import { celText } from "./cel-text.ts";
import { gcloudList, providerFlags } from "./gcloud.ts";
import type { GcpCheck } from "./judge-token.ts";
import { acceptedAudiences, type GcpProvider } from "./provider.ts";

/** The caller whose token a provider refused. */
export interface RefusedCaller {
  readonly subject: string;
  readonly audience: string;
}

const OWN_PROVIDER = "brevet setup gcp --project PROJECT";
const OF_ANOTHER_ISSUER = [
  "the provider is of another issuer, whose tokens others come with; this makes one for this identity's:",
  OWN_PROVIDER,
];

/**
 * What would make a provider take a token that it refused. gcloud's flags replace the provider's values, so each command repeats
 * the old ones. It lets in the caller alone, or says whom else; what applies to all tokens of the provider stays as it is.
 */
export function mendProvider(check: GcpCheck, provider: GcpProvider, { subject, audience }: RefusedCaller): readonly string[] {
  const { attributeCondition: condition } = provider;
  const update = updateCommand(provider);
  switch (check) {
    case "provider":
      return ["it is off for everybody, and this lets in again all whom it took:", `${update} --no-disabled`];
    case "header":
      return ["brevet issuer generate --add RS256"];
    case "issuer":
      return OF_ANOTHER_ISSUER;
    case "times":
      return ["brevet doctor"];
    case "subject":
      return ["only the issuer can put a sub into its tokens"];
    case "mapping":
      return ["the mapping is whom all tokens of the provider become; this makes a provider for this identity's:", OWN_PROVIDER];
    case "audience": {
      const accepted = acceptedAudiences(provider);
      return [
        `in the profile: "audience": ${visibleJson(accepted[0])}`,
        "or, which takes it from all others of the issuer too:",
        update + shellCommand` --allowed-audiences=${gcloudList([...accepted, audience])}`,
      ];
    }
    case "condition": {
      const own = `assertion.sub == ${celText(subject)}`;
      const either = condition === null ? own : `(${condition}) || ${own}`;
      return [update + shellCommand` --attribute-condition=${either}`];
    }
  }
}

/** What would have a provider know a device's keys, where they were uploaded to it. */
export function mendUploadedKeys(
  provider: GcpProvider,
  issuer: string,
  device: string,
  own: readonly PublicKey[],
): readonly string[] {
  if (provider.issuerUri !== issuer) return OF_ANOTHER_ISSUER;
  const others = (provider.uploadedKeys ?? []).filter((key) => !own.some(({ kid }) => kid === key["kid"]));
  return [
    shellCommand`brevet issuer generate ${device} --output .`,
    ...(others.length === 0 ? [] : [`keys.json replaces what is uploaded: put the ${others.length} of others beside yours`]),
    `${updateCommand(provider)} --jwk-json-path=keys.json`,
  ];
}

function updateCommand({ name }: GcpProvider): string {
  return `gcloud iam workload-identity-pools providers update-oidc ${providerFlags(name)}`;
}
