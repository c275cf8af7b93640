import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npmTools } from "../../../scripts/test/ring-tools.ts";
import { createHttp } from "../../../src/platform/http/create-http.ts";
import { createAuthority } from "../../contracts/http-certificates.ts";
import { startProgram } from "../../started-program.ts";

/** Azurite over HTTPS, which asks for Bearer tokens as Azure does: audience, issuer and times are checked. */
export interface Azurite {
  /** `127.0.0.1:PORT/devstoreaccount1`: what stands for the account in a destination. */
  readonly account: string;
  readonly environment: Readonly<Record<string, string>>;
  makeContainer(name: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startAzurite(): Promise<Azurite> {
  const folder = mkdtempSync(join(tmpdir(), "brevet-azurite-"));
  const authority = await createAuthority("Azurite's authority");
  const { cert, key } = await authority.issue();
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const ca = file("ca.pem", authority.certificate);
  const tls = ["--cert", file("cert.pem", cert), "--key", file("key.pem", key)];
  const program = await startProgram(
    join(npmTools(), "azurite-blob"),
    ["--blobPort", "0", "--oauth", "basic", "--inMemoryPersistence", "--disableTelemetry", ...tls],
    /listens on https:\/\/127\.0\.0\.1:(\d+)/,
  );
  const account = `127.0.0.1:${program.found}/devstoreaccount1`;
  const environment = { SSL_CERT_FILE: ca, AZURE_ACCESS_TOKEN: storageToken("https://storage.azure.com") };
  const http = createHttp({ environment });
  return {
    account,
    environment,
    async makeContainer(name) {
      const url = `https://${account}/${name}?restype=container`;
      const { status } = await http({
        method: "PUT",
        url,
        headers: {
          authorization: `Bearer ${environment.AZURE_ACCESS_TOKEN}`,
          "x-ms-version": "2021-12-02",
          "x-ms-date": new Date().toUTCString(),
        },
      });
      if (status !== 201) throw new Error(`Azurite made no container: ${status}`);
    },
    async stop() {
      await program.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A token in the form of Entra ID's; Azurite reads everything in it but the signature. */
export function storageToken(audience: string): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    aud: audience,
    iss: "https://sts.windows.net/ab1f708d-50f6-404c-a006-d71b2ac7a606/",
    iat: now - 60,
    nbf: now - 60,
    exp: now + 3600,
  };
  return `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.${Buffer.from("unchecked").toString("base64url")}`;
}
