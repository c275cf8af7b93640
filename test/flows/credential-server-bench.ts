import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import type { Credentials } from "../../src/core/credentials.ts";
import { type CredentialServer, serveCredentials } from "../../src/outlets/exec/credential-server.ts";
import { encodeContainerFault } from "../../src/wire/aws-config/container-credentials.ts";
import { fakeAwsCredentials } from "../contracts/outlet.ts";

export const NOW = 1_800_000_000;
export const LIFE = 3600;

/** Those that a test has opened. */
export const open: CredentialServer[] = [];

/** For each file to call after each of its tests: a hook of this module would be that of one file alone. */
export function closeServers(): void {
  for (const server of open.splice(0)) server.close();
}

/** A server whose time the test turns; each answer says which it is. */
export async function serve(first: "held" | null = null) {
  const state = {
    now: NOW,
    issued: 0,
    hold: null as Promise<void> | null,
    fault: null as Error | null,
    timers: [] as { seconds: number; work: () => void }[],
  };
  const issue = (): Credentials => {
    state.issued += 1;
    return fakeAwsCredentials({ accessKeyId: `ASIA${state.issued}`, issuedAt: state.now, expiresAt: state.now + LIFE });
  };
  const server = await serveCredentials({
    async credentials() {
      const hold = state.hold;
      if (hold !== null) await hold;
      if (state.fault !== null) throw state.fault;
      return issue();
    },
    encode: (credentials) => JSON.stringify({ key: credentials.kind === "aws" ? credentials.accessKeyId : "" }),
    encodeFault: encodeContainerFault,
    first: first === null ? null : issue(),
    clock: { now: () => state.now },
    after(milliseconds, work) {
      const timer = { seconds: milliseconds / 1000, work };
      state.timers.push(timer);
      return () => {
        const index = state.timers.indexOf(timer);
        if (index !== -1) state.timers.splice(index, 1);
      };
    },
  });
  open.push(server);
  return { server, state, port: Number(new URL(server.url).port) };
}

/** What is other than it should be. */
interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks as a program does that was told the secret. */
export async function ask(server: CredentialServer, { method = "GET", path, headers = {} }: Asked = {}) {
  const { hostname, port, pathname } = new URL(server.url);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const all = { authorization: server.authorization, ...headers };
    request({ host: hostname, port, path: path ?? pathname, method, headers: all })
      .once("response", resolve)
      .once("error", reject)
      .end();
  });
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}
