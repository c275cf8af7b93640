import type { Clock, EpochSeconds } from "../core/time.ts";
import { readCannedAnswers } from "./canned-answers.ts";
import { addEntraApplication, type EntraApplication } from "./entra/entra-folder.ts";
import { administratorToken } from "./google/access-token.ts";
import { type AddedGoogleTrust, addGoogleTrust, type GoogleTrustWish } from "./google/add-google-trust.ts";
import { type AddedTrust, addTrust, type TrustWish } from "./iam/add-trust.ts";
import { addressesOf, parseIssuerMapping } from "./issuers/mapping.ts";
import { microsoftToken } from "./microsoft-management/access-token.ts";
import { formatRecord } from "./request-log.ts";
import {
  clientVariables,
  forgetRunning,
  loadRunning,
  type RunningSandbox,
  requireNoneRunning,
  saveRunning,
} from "./sandbox-folder.ts";
import type { TlsIdentity } from "./tls/certificates.ts";

/** What `brevet sandbox start` was told. */
export interface StartWish {
  readonly port: number;
  readonly region: string;
  /** `https://issuer.example/laptop=FOLDER` */
  readonly issuers: readonly string[];
  readonly sourceIp: string | null;
  /** A file of canned misbehaviours, or null. */
  readonly answersFile: string | null;
}

/** A started sandbox, with what its clients have to be told. */
export interface StartedSandbox {
  readonly running: RunningSandbox;
  readonly variables: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** A sandbox's folder, as the commands use it. */
export interface SandboxFolder {
  start(
    wish: StartWish,
    world: { readonly clock: Pick<Clock, "now">; readonly workingFolder: string; readonly log: (line: string) => void },
  ): Promise<StartedSandbox>;
  trust(wish: TrustWish): AddedTrust;
  trustEntra(application: EntraApplication): string;
  trustGoogle(wish: GoogleTrustWish): AddedGoogleTrust;
  /** A certificate of the sandbox's authority for a server on this machine that `--issuer URL=127.0.0.1:PORT` names. */
  certificate(names: readonly string[], now: () => number): Promise<TlsIdentity>;
  /** The variables for the clients of the sandbox that runs in this folder. @throws {Fault} `SANDBOX_ABSENT` when none does. */
  variables(now: EpochSeconds): Readonly<Record<string, string>>;
}

/** Opens a sandbox's folder; nothing is made or read before it is needed. */
export function openSandbox(folder: string): SandboxFolder {
  return {
    trust: (wish) => addTrust(folder, wish),
    trustEntra: (application) => addEntraApplication(folder, application),
    trustGoogle: (wish) => addGoogleTrust(folder, wish),
    async certificate(names, now) {
      const { openAuthority } = await import("./tls/certificates.ts");
      return (await openAuthority(folder, now)).issue(names);
    },
    variables: (now) => ({ ...clientVariables(loadRunning(folder)), ...administratorVariables(folder, now) }),
    async start(wish, world) {
      requireNoneRunning(folder);
      const { startSandbox } = await import("./start-sandbox.ts");
      const issuers = wish.issuers.map((text) => parseIssuerMapping(text, world.workingFolder));
      const sandbox = await startSandbox({
        folder,
        port: wish.port,
        issuers,
        clock: world.clock,
        region: wish.region,
        ...(wish.sourceIp === null ? {} : { sourceIp: wish.sourceIp }),
        answers: wish.answersFile === null ? [] : readCannedAnswers(wish.answersFile),
        log(record) {
          for (const line of formatRecord(record, world.clock.now())) world.log(line);
        },
      });
      const { url, caFile } = sandbox;
      const resolve = addressesOf(issuers, Number(new URL(url).port));
      const running = { url, caFile, region: wish.region, resolve, pid: process.pid };
      saveRunning(folder, running);
      return {
        running,
        variables: { ...clientVariables(running), ...administratorVariables(folder, world.clock.now()) },
        async close() {
          forgetRunning(folder, running);
          await sandbox.close();
        },
      };
    },
  };
}

/** With what `setup` is an administrator of the sandbox's clouds. */
function administratorVariables(folder: string, now: EpochSeconds): Readonly<Record<string, string>> {
  return {
    BREVET_GCP_ADMIN_TOKEN: administratorToken(folder, now),
    BREVET_AZURE_GRAPH_TOKEN: microsoftToken(folder, "graph", now),
    BREVET_AZURE_MANAGEMENT_TOKEN: microsoftToken(folder, "management", now),
  };
}
