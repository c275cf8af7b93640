import { join } from "node:path";
import { pythonTools } from "../../../scripts/test/ring-tools.ts";
import { createHttp } from "../../../src/platform/http/create-http.ts";
import { freePort } from "../../free-port.ts";
import { startProgram } from "../../started-program.ts";

/** A real OpenBao in development mode: on 127.0.0.1 alone, with its data in memory. */
export interface OpenBao {
  /** What its command line needs; the program is called `vault` in Vault's guides. */
  readonly environment: Readonly<Record<string, string>>;
  readonly program: string;
  readonly url: string;
  /** @returns the members of what the server answered. */
  call(method: "POST" | "DELETE", path: string, body?: object): Promise<Readonly<Record<string, unknown>>>;
  stop(): Promise<void>;
}

const ADMINISTRATOR = "of-this-run-alone";

/** @param environment what it reaches issuers by: a proxy, a file of authorities. */
export async function startOpenBao(environment: NodeJS.ProcessEnv): Promise<OpenBao> {
  const program = join(pythonTools(), "bao");
  const address = `127.0.0.1:${await freePort()}`;
  const flags = [`-dev-root-token-id=${ADMINISTRATOR}`, `-dev-listen-address=${address}`, "-dev-no-store-token"];
  const started = await startProgram(program, ["server", "-dev", ...flags], /(server started)/, environment);
  const url = `http://${address}`;
  const http = createHttp({ environment: {} });
  return {
    environment: { VAULT_ADDR: url, BAO_ADDR: url, BAO_TOKEN: ADMINISTRATOR },
    program,
    url,
    async call(method, path, body) {
      const answer = await http({
        method,
        url: `${url}/v1/${path}`,
        headers: { "x-vault-token": ADMINISTRATOR, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
      return answer.body === "" ? {} : (JSON.parse(answer.body) as Readonly<Record<string, unknown>>);
    },
    stop: () => started.stop(),
  };
}
