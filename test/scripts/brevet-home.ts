import { execFile, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programUnderTest } from "./program.ts";

const [file, ...args] = programUnderTest().command;

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A home of its own with a config that names one identity, and the program as people run it. */
export interface BrevetHome {
  readonly home: string;
  /** What other programs need to find the same files. */
  readonly environment: Readonly<Record<string, string>>;
  brevet(...words: readonly string[]): Ended;
  /** The same with more variables. */
  brevetWith(variables: Readonly<Record<string, string>>, ...words: readonly string[]): Ended;
  /** The same, without waiting for its end. */
  start(...words: readonly string[]): Promise<Ended>;
  /** Both: for what this process itself answers meanwhile. */
  startWith(variables: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<Ended>;
  /** Writes a file below the home, its folders too. */
  write(name: string, text: string, mode?: number): string;
  read(name: string): string;
  /** Every file below the home and what is in it. */
  snapshot(): Readonly<Record<string, string>>;
}

const CONFIG = `{
  // mine
  "identities": {
    "laptop": { "kind": "device", "signer": "software", "issuer": "https://issuer.example/laptop", "subject": "laptop-abcdefghij" }
  }
}
`;

export async function inBrevetHome(work: (home: BrevetHome) => void | Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "brevet-home-"));
  const environment = { HOME: home, PATH: process.env["PATH"] ?? "", CI: "true", BREVET_STORE: "file" };
  const write = (name: string, text: string, mode = 0o600): string => {
    const path = join(home, name);
    mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };
  write(".config/brevet/config.json", CONFIG);
  try {
    await work({
      home,
      environment,
      brevet: (...words) => runProgram(environment, words),
      brevetWith: (variables, ...words) => runProgram({ ...environment, ...variables }, words),
      start: (...words) => startProgram(environment, words),
      startWith: (variables, ...words) => startProgram({ ...environment, ...variables }, words),
      write,
      read: (name) => readFileSync(join(home, name), "utf8"),
      snapshot: () => filesBelow(home),
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function runProgram(environment: Readonly<Record<string, string>>, words: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(file, [...args, ...words], { env: environment, encoding: "utf8" });
  return { status, stdout, stderr };
}

function startProgram(environment: Readonly<Record<string, string>>, words: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(file, [...args, ...words], { env: environment, encoding: "utf8" }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

function filesBelow(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(
    names.flatMap((name) => (statSync(join(folder, name)).isFile() ? [[name, readFileSync(join(folder, name), "utf8")]] : [])),
  );
}
