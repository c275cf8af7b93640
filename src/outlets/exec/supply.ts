import type { BearerCredentials, Credentials } from "../../core/credentials.ts";
import type { Fault } from "../../core/fault.ts";
import type { Clock } from "../../core/time.ts";
import type { Environment } from "../../platform/paths.ts";
import type { PrivateFiles } from "../../platform/private-files.ts";
import type { EnvironmentChange } from "../../wire/aws-config/environment.ts";
import { pastProxies } from "./past-proxies.ts";
import { openRunFiles, type RunFiles } from "./run-files.ts";

/** How the libraries of a program get fresh credentials for as long as it runs. */
export type SupplyWish = FileWish | ServerWish;

interface Wish {
  /** The one folder that holds something secret in clear, for as long as the program runs. */
  readonly folder: string;
}

/** A token that is kept fresh in a file. */
export interface FileWish extends Wish {
  readonly kind: "file";
  /** A token with as long a life as can be had now. */
  readonly token: () => Promise<BearerCredentials>;
  /** The document that names the token's file, where a library needs one; it holds no secret. */
  readonly document?: (file: string) => string;
  readonly environment: (credentials: Credentials, files: Pick<RunFiles, "token" | "document">) => EnvironmentChange;
}

/** Credentials, or a token, at an address of this machine. */
export interface ServerWish extends Wish {
  readonly kind: "server";
  /** Called for each request: has to answer from the cache while that is fresh. */
  readonly credentials: () => Promise<Credentials>;
  readonly encode: (credentials: Credentials) => string;
  readonly encodeFault: (fault: Fault) => string;
  /** Whether new ones are got before any program asks; false where a program cannot be answered from the cache. */
  readonly renewAhead: boolean;
  /** The document that names the address, where a library needs one; it holds the secret. */
  readonly document?: (place: ServedPlace) => string;
  readonly environment: (credentials: Credentials, place: ServedPlace, document: string) => EnvironmentChange;
}

/** Where credentials are served, and the whole value of the `Authorization` header that asks for them. */
export interface ServedPlace {
  readonly url: string;
  readonly authorization: string;
}

/** What a program is started with, until it is closed. */
export interface Supply {
  readonly change: EnvironmentChange;
  /** Where credentials are served, without the secret; null where none are. */
  readonly url: string | null;
  close(): void;
}

export interface SupplyPorts {
  readonly files: PrivateFiles;
  readonly clock: Pick<Clock, "now">;
  readonly warn: (line: string) => void;
}

/** Begins to supply a program. @param environment what the program would have without us. */
export async function supplyProgram(
  wish: SupplyWish,
  credentials: Credentials,
  environment: Environment,
  ports: SupplyPorts,
): Promise<Supply> {
  const files = openRunFiles(wish.folder, ports.files);
  try {
    return wish.kind === "file"
      ? await keepInFile(wish, credentials, files, ports)
      : await serve(wish, credentials, { files, environment, clock: ports.clock });
  } catch (cause) {
    files.remove();
    throw cause;
  }
}

async function keepInFile(wish: FileWish, credentials: Credentials, files: RunFiles, ports: SupplyPorts): Promise<Supply> {
  const { keepToken } = await import("./kept-token.ts");
  if (wish.document !== undefined) files.write(files.document, wish.document(files.token));
  const stop = await keepToken({ token: wish.token, files, clock: ports.clock, warn: ports.warn });
  return {
    change: wish.environment(credentials, files),
    url: null,
    close() {
      stop();
      files.remove();
    },
  };
}

interface ServeParts extends Pick<SupplyPorts, "clock"> {
  readonly files: RunFiles;
  readonly environment: Environment;
}

async function serve(wish: ServerWish, held: Credentials, { files, environment, clock }: ServeParts): Promise<Supply> {
  const { serveCredentials } = await import("./credential-server.ts");
  const { credentials, encode, encodeFault } = wish;
  const server = await serveCredentials({ credentials, encode, encodeFault, first: wish.renewAhead ? held : null, clock });
  if (wish.document !== undefined) files.write(files.document, wish.document(server));
  const { set, unset } = wish.environment(held, server, files.document);
  return {
    change: { set: { ...set, ...pastProxies(environment, new URL(server.url).hostname) }, unset },
    url: server.url,
    close() {
      server.close();
      files.remove();
    },
  };
}
