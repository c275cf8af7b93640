import type { JsonWebKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { CLI_CLIENT_ID } from "../../../src/wire/brevet-api/endpoints.ts";

/** What the clients of both subjects have: public, and allowed to exchange. */
const METADATA = {
  application_type: "native",
  token_endpoint_auth_method: "none",
  redirect_uris: ["http://127.0.0.1:9/back"],
  grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:token-exchange"],
  response_types: ["code"],
} as const;

/** A client that was registered. Its tokens are bound to no key. */
export const CLIENT = { client_id: "bench", ...METADATA };

/** The command line itself, which every server knows. It always comes with a proof. */
export const COMMAND_LINE = {
  ...METADATA,
  client_id: CLI_CLIENT_ID,
  redirect_uris: ["http://127.0.0.1:9/callback"],
} as const;

/** What a subject says of itself, as one line of JSON on stdout. */
export interface Subject {
  readonly url: string;
  /** Access tokens of sessions: one of {@link CLIENT}, one of {@link COMMAND_LINE} that is bound to `key`. */
  readonly bearer: string;
  readonly bound: string;
  readonly key: JsonWebKey;
}

/** What a subject has used so far. */
export interface Usage {
  readonly residentBytes: number;
  readonly cpuMicros: number;
  /** Of them, the thread that serves; null where the system does not tell. */
  readonly servingMicros: number | null;
}

/** Says it, answers each line on stdin with its {@link Usage}, and closes when stdin ends. */
export async function announce({ close, ...subject }: Subject & { close(): Promise<void> }): Promise<void> {
  process.stdout.write(`${JSON.stringify(subject)}\n`);
  process.stdin.on("data", () => {
    const { user, system } = process.cpuUsage();
    const usage: Usage = {
      residentBytes: process.memoryUsage.rss(),
      cpuMicros: user + system,
      servingMicros: servingMicros(),
    };
    process.stdout.write(`${JSON.stringify(usage)}\n`);
  });
  await new Promise<void>((ended) => process.stdin.once("end", () => ended()));
  await close();
  process.exit(0);
}

/** Linux's book of the first thread: it begins with the nanoseconds that it ran. */
function servingMicros(): number | null {
  if (process.platform !== "linux") return null;
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]) / 1000;
}
