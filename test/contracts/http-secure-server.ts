import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Authority, createAuthority, type ServerCertificate } from "./http-certificates.ts";
import { webServer } from "./http-servers.ts";
import type { HttpSubject } from "./http-subject.ts";

/** A server over TLS with a certificate of a new authority, and that authority's certificate as a file. */
export async function secureServer(
  subject: HttpSubject,
  certificateOf: (authority: Authority) => Promise<ServerCertificate> = (authority) => authority.issue(),
) {
  const authority = await createAuthority("brevet test authority");
  const server = await webServer((_, response) => response.end("over TLS"), await certificateOf(authority));
  const caFile = join(subject.folder, `ca-${server.port}.pem`);
  // Company bundles hold many: the right one must be found behind another.
  const unrelated = await createAuthority("unrelated authority");
  writeFileSync(caFile, `${unrelated.certificate}\n${authority.certificate}\n`);
  return { ...server, caFile };
}
