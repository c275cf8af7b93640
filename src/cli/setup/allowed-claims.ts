import type { AllowedClaims } from "../../trust/aws/web-identity-trust.ts";
import type { Config } from "../../wire/brevet-config/config.ts";
import type { OpenDevice } from "../identity-kinds.ts";
import { provingIdentity } from "../proving-identity.ts";

/**
 * What the trust of a role has to allow for the tokens of a device: what the device's entry says, and what profiles of the role
 * ask for.
 */
export function allowedFor(roleArn: string, { name, options }: OpenDevice, config: Config): AllowedClaims {
  const asked = [...config.profiles.values()].filter(
    (profile) => profile.options["roleArn"] === roleArn && provingIdentity(profile, config) === name,
  );
  const has = (key: "tags" | "sourceIdentity"): boolean =>
    options[key] !== null || asked.some((profile) => profile.options[key] !== undefined);
  return { allowTags: has("tags"), allowSourceIdentity: has("sourceIdentity") };
}
