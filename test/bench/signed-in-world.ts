import { cpSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openSignInWorld } from "../providers/sign-in-world.ts";

/** What `signed-in.ts` is told of the machine. */
export interface SignedInMachine {
  readonly environment: Readonly<Record<string, string>>;
  readonly credentials: string;
  readonly sessions: string;
  /** The sessions of the moment at which the ID token was over. */
  readonly agedSessions: string;
}

/** Long enough for one exchange; a provider that does not rotate refresh tokens gives a new one as often as it is asked. */
const ID_TOKEN_SECONDS = 4;

/**
 * A machine on which somebody has signed in at a provider, a while ago. What is to know of it goes to stdout as JSON; each line of
 * stdin is answered with the number of renewals so far, and it stands until stdin ends.
 */
const world = await openSignInWorld({ idTokenSeconds: ID_TOKEN_SECONDS, configuration: { rotateRefreshToken: false } });
const signedIn = await world.brevet("credential", "aws", "--profile", "dev");
if (signedIn.status !== 0) throw new Error(signedIn.stderr);
await pause((ID_TOKEN_SECONDS + 1) * 1000);
const sessions = join(world.home, ".local/state/brevet/sessions");
const agedSessions = join(world.home, "aged");
cpSync(sessions, agedSessions, { recursive: true });
// Node 20 reads that file at every start, which triples the time of an empty process.
const { NODE_EXTRA_CA_CERTS: _, ...environment } = world.environment;
const credentials = join(world.home, ".cache/brevet/credentials");
const machine: SignedInMachine = { environment, credentials, sessions, agedSessions };
process.stdout.write(`${JSON.stringify(machine)}\n`);
const renewals = (): number => world.provider.requests.filter((request) => request === "POST /token").length - 1;
process.stdin
  .on("data", () => process.stdout.write(`${renewals()}\n`))
  .once("end", async () => {
    await world.close();
    process.exit(0);
  });
