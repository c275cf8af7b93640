import { Fault } from "../../core/fault.ts";
import type { Partition } from "../aws-sts/partitions.ts";

/** Where the console of a partition is, and where people sign in to it. */
export interface ConsoleHosts {
  readonly signIn: string;
  readonly console: string;
  /** Every page of the console is below it. */
  readonly domain: string;
}

/**
 * @see IAM User Guide, id_roles_providers_enable-console-custom-url, of each partition; for the European Sovereign Cloud, which has no
 * host without a region, botocore, data/signin/2023-01-01/endpoint-rule-set-1.json
 */
const DOMAINS: Readonly<Record<string, { readonly domain: string; readonly signIn?: string }>> = {
  aws: { domain: "aws.amazon.com" },
  "aws-cn": { domain: "amazonaws.cn" },
  "aws-us-gov": { domain: "amazonaws-us-gov.com" },
  "aws-eusc": { domain: "amazonaws-eusc.eu", signIn: "eusc-de-east-1.signin.amazonaws-eusc.eu" },
};

/** Every host at which people sign in to a console. */
export const SIGN_IN_HOSTS: readonly string[] = Object.keys(DOMAINS).map((id) => consoleHosts({ id }).signIn);

/** @throws {Fault} `CREDENTIALS_UNSUPPORTED` for a partition whose console AWS tells nobody the address of. */
export function consoleHosts({ id }: Pick<Partition, "id">): ConsoleHosts {
  const known = DOMAINS[id];
  if (known !== undefined) return { signIn: `signin.${known.domain}`, console: `console.${known.domain}`, ...known };
  throw new Fault("CREDENTIALS_UNSUPPORTED", `where people sign in to the console of the partition ${id} is not public`);
}
