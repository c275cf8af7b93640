/**
 * Whether a host is the metadata service of a cloud, as a machine (169.254.169.254), a container of ECS (169.254.170.2) or a pod of
 * EKS (169.254.170.23) reaches it. Such addresses are never routed beyond the host; Google's is a name that only its network knows.
 */
export function isMetadataService(hostname: string): boolean {
  return METADATA_SERVICES.has(hostname);
}

const METADATA_SERVICES: ReadonlySet<string> = new Set([
  "169.254.169.254",
  "169.254.170.2",
  "169.254.170.23",
  "[fd00:ec2::254]",
  "[fd00:ec2::23]",
  "metadata.google.internal",
]);
