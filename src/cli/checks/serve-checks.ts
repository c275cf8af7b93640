import type { Check } from "../../flows/checks/checks.ts";
import { issuerChecks } from "../../flows/checks/issuer-checks.ts";
import { isTrial, type ServerReach, serverReachChecks } from "../../flows/checks/server-reach-checks.ts";
import { auditCheck, otherIssuerCheck, serverStateChecks } from "../../flows/checks/server-state-checks.ts";
import { addressesOfHost } from "../../platform/addresses-of-host.ts";
import { servedCertificate } from "../../platform/http/served-certificate.ts";
import type { Context } from "../command.ts";
import type { HttpReach, ServerOverrides } from "../composition.ts";

/** What `serve --check` looks at: the server that these settings describe, whether it runs or not. */
export async function serveChecks(
  dataFolder: string,
  { overrides, publishes, reach }: { overrides: ServerOverrides; publishes: boolean; reach: HttpReach },
  { compose }: Context,
): Promise<readonly Check[]> {
  const { clock, server } = compose;
  const [{ inspectServer }, { isPublicAddress }] = await Promise.all([server.inspect(), server.publicAddresses()]);
  const now = (): number => clock.now() - clock.offsetSeconds;
  const { settings, state } = await inspectServer(dataFolder, overrides, now);
  const { issuer, listen, tls, trustedProxies } = settings;
  const other = await otherIssuerCheck(issuer, state);
  if (other !== null) return [other];
  const place: ServerReach = { issuer, listen, servesTls: tls !== null, trustedProxies, publishes };
  const http = await compose.http(reach);
  const keys = async () => (await state())?.keys ?? [];
  const documents = isTrial(place)
    ? []
    : issuerChecks(
        {
          identity: "documents",
          issuer,
          keys,
          needed: ["aws", "gcp", "entra"],
          hints: {
            unpublished: "start the server, or the host of its documents",
            refused: () => "compare its answer with the keys here",
          },
        },
        { http, clock },
      ).filter(({ name }) => !name.endsWith(": clock"));
  return [
    ...serverReachChecks(place, {
      http,
      clock,
      addresses: addressesOfHost,
      isPublicAddress,
      certificate: (url) => servedCertificate(url, { resolve: reach.resolve ?? [] }),
    }),
    ...documents,
    ...serverStateChecks(state, now),
    auditCheck(settings, state),
  ];
}
