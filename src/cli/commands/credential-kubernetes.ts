import { defineCommand } from "../command.ts";
import { bearerFlags, bearerToken } from "../flags/bearer-flags.ts";

export const command = defineCommand({
  path: "credential kubernetes",
  description: [
    "Prints the ExecCredential that kubectl, Helm, k9s and every other client of Kubernetes read from an exec plugin, or nothing.",
    "The token is one that the cluster takes because it trusts the issuer. A cluster of EKS that knows AWS roles alone takes",
    "`aws eks get-token`.",
  ].join("\n"),
  flags: bearerFlags,
  examples: [
    { line: "brevet credential kubernetes --audience kubernetes", does: "as `exec` of a user in the kubeconfig" },
    { line: "brevet credential kubernetes -a kubernetes --alg RS256", does: "for an API server that takes RS256 alone" },
  ],
  async run({ flags }, { compose, environment, output }) {
    const credentials = await bearerToken(flags, "kubectl", compose);
    return (await compose.outlets.execCredential(environment["KUBERNETES_EXEC_INFO"], output)).deliver(credentials);
  },
});
