/** The pages where Google writes its rules down; every finding cites one. */
export const PAGES = {
  token: "https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token",
  provider: "https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers",
  mapping: "https://cloud.google.com/iam/docs/workload-identity-federation#mapping",
  condition: "https://cloud.google.com/iam/docs/workload-identity-federation#conditions",
  impersonation: "https://cloud.google.com/iam/docs/workload-identity-federation#impersonation",
} as const;
