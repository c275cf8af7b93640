import { type ApiCaller, apiCaller } from "./api-caller.ts";
import { startTrial, type TrialOptions, type TrialServer } from "./trial-server.ts";

/** A server with Alice, an administrator who is signed in, and Bob, who is none and of the group `dev`. */
export async function startAdminTrial(
  options: TrialOptions,
): Promise<{ readonly trial: TrialServer; readonly alice: ApiCaller }> {
  const trial = await startTrial({ ...options, settings: { requestsPerMinute: 100_000 } });
  await trial.addPerson({ id: "alice", email: "alice@example.com", groups: ["administrators"] });
  await trial.addPerson({ id: "bob", email: "bob@example.com", name: "Bob", groups: ["dev"] });
  await trial.addKey("alice");
  return { trial, alice: await apiCaller(trial, "alice") };
}
