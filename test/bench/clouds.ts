import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plain, Row } from "./report.ts";
import { EXECUTABLE, NODE_PROGRAM, runJobs } from "./run-jobs.ts";
import { makeWorld, PROFILE, type World } from "./world.ts";

const CLOUDS = ["gcp", "azure"] as const;
const APPLICATION = { tenantId: "11111111-1111-4111-8111-111111111111", clientId: "22222222-2222-4222-8222-222222222222" };

/**
 * What a cached credential of Google or Azure costs, against a cached one of AWS: the same command, `env`, of the same program in the
 * same home.
 */
export async function cloudRows(runs: string): Promise<{ readonly rows: readonly Row[]; readonly plain: readonly Plain[] }> {
  const world = await makeWorld({ program: EXECUTABLE, guard: "file", runKey: true });
  try {
    addClouds(world);
    const programs = { executable: EXECUTABLE, Node: NODE_PROGRAM };
    const { environment } = world;
    for (const profile of [PROFILE, ...CLOUDS]) world.run("env", profile);
    const measured = runJobs(
      runs,
      Object.entries(programs).flatMap(([name, program]) =>
        [PROFILE, ...CLOUDS].map((profile) => ({
          name: `${name} ${profile}`,
          command: [...program, "env", profile],
          environment,
        })),
      ),
    );
    const rows = CLOUDS.flatMap((cloud) =>
      Object.keys(programs).map((name) => ({
        name: `cached, ${cloud} against AWS: ${name}`,
        subject: measured(`${name} ${cloud}`),
        baseline: measured(`${name} ${PROFILE}`),
        ratioLimit: 1.25,
      })),
    );
    return { rows, plain: [] };
  } finally {
    await world.stop();
  }
}

/** A profile for each, trusted by the sandbox; Entra ID takes RS256 alone. */
function addClouds({ folder, run }: World): void {
  run("issuer", "generate", "--add", "RS256");
  run("issuer", "publish");
  const { identities } = JSON.parse(run("status", "--json")) as { identities: readonly { issuer: string; subject: string }[] };
  const [{ issuer = "", subject = "" } = {}] = identities;
  const trust = ["--issuer", issuer, "--subject", subject];
  const provider = run("sandbox", "trust", "gcp", ...trust).trim();
  run("sandbox", "trust", "azure", ...trust);
  const file = join(folder, ".config", "brevet", "config.json");
  const config = JSON.parse(readFileSync(file, "utf8")) as { readonly profiles: object };
  const profiles = { ...config.profiles, gcp: { gcp: { provider } }, azure: { azure: APPLICATION } };
  writeFileSync(file, JSON.stringify({ ...config, profiles }, null, 2), { mode: 0o600 });
}
