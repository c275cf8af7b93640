import { Fault } from "../../core/fault.ts";

/** Where documents are in a storage account of Azure. */
export interface AzureBlobDestination {
  /** The blob service and what is before each document's path, with a slash at its end: `https://account.blob.core.windows.net/issuer/`. */
  readonly url: string;
  readonly text: string;
}

const HINTS = [
  "write it as `azure-blob://ACCOUNT/CONTAINER/PATH`, or with the account's whole host name outside Azure's public cloud",
];

/**
 * Hosts that are Azure's: a token for storage is sent to no other. Loopback is for Azurite, whose paths begin with the account.
 */
const HOSTS =
  /^[a-z0-9-]+(\.z[0-9]+)?\.blob\.(core\.(windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)|storage\.azure\.net)$|^(localhost|127\.0\.0\.1):\d+$/;

/**
 * Reads `azure-blob://account/container/laptop-7f3a`.
 *
 * @throws {Fault} `URL_INVALID`
 */
export function parseAzureBlobDestination(text: string): AzureBlobDestination {
  const [, given = "", path = ""] = /^azure-blob:\/\/([a-z0-9.:-]+)((?:\/[A-Za-z0-9._~$-]+)+)\/?$/.exec(text) ?? [];
  const host = /^[a-z0-9]{3,24}$/.test(given) ? `${given}.blob.core.windows.net` : given;
  const isSound = HOSTS.test(host) && !path.split("/").some((part) => part === "." || part === "..");
  if (!isSound) throw new Fault("URL_INVALID", `"${text}" is not a container of Azure Blob Storage`, { hints: HINTS });
  return { url: `https://${host}${path}/`, text: `azure-blob://${given}${path}` };
}
