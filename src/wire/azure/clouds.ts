/** The resources of an Azure cloud that tokens are requested for. */
export interface AzureCloud {
  readonly graph: string;
  readonly management: string;
}

const PUBLIC: AzureCloud = { graph: "https://graph.microsoft.com/", management: "https://management.azure.com/" };
const CHINA: AzureCloud = {
  graph: "https://microsoftgraph.chinacloudapi.cn/",
  management: "https://management.chinacloudapi.cn/",
};
/** @see Microsoft, "National clouds"; AzureAuthorityHosts of Azure's SDKs, which know China by its older name */
const NATIONAL: Readonly<Record<string, AzureCloud>> = {
  "login.microsoftonline.us": { graph: "https://graph.microsoft.us/", management: "https://management.usgovcloudapi.net/" },
  "login.partner.microsoftonline.cn": CHINA,
  "login.chinacloudapi.cn": CHINA,
};

/** The cloud of an authority, given as a URL or as its host. An authority of no national cloud belongs to the public one. */
export function azureCloud(authority: string): AzureCloud {
  const host = URL.canParse(authority) ? new URL(authority).hostname : authority.replace(/\/.*$/, "");
  return NATIONAL[host] ?? PUBLIC;
}
