import { shellCommand } from "../../core/shell-command.ts";

/** How gcloud is given what is named by a resource's name, and lists. */

/** The flags of a provider by its resource name: `projects/1/locations/global/workloadIdentityPools/POOL/providers/NAME`. */
export function providerFlags(name: string): string {
  const [, project = "", , location = "", , pool = "", , provider = ""] = name.split("/");
  return shellCommand`${provider} --project=${project} --location=${location} --workload-identity-pool=${pool}`;
}

/**
 * A list as one flag takes it: with commas, and where a value has one itself, with another sign that is said first.
 *
 * @see `gcloud topic escaping`
 */
export function gcloudList(values: readonly string[]): string {
  if (!values.some((value) => value.includes(",") || value.startsWith("^"))) return values.join(",");
  let sign = ";";
  // Its beginning is never its end: it is found nowhere but between the values.
  while (values.some((value) => value.includes(sign))) sign += "|";
  return `^${sign}^${values.join(sign)}`;
}
