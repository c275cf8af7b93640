import { openSignInWorld } from "../providers/sign-in-world.ts";

/** A machine on which somebody has signed in at a provider. Its variables go to stdout as JSON; it stands until stdin ends. */
const world = await openSignInWorld();
const signedIn = await world.brevet("credential", "aws", "--profile", "dev");
if (signedIn.status !== 0) throw new Error(signedIn.stderr);
// Node 20 reads that file at every start, which triples the time of an empty process.
const { NODE_EXTRA_CA_CERTS: _, ...environment } = world.environment;
process.stdout.write(`${JSON.stringify(environment)}\n`);
process.stdin.resume().once("end", async () => {
  await world.close();
  process.exit(0);
});
