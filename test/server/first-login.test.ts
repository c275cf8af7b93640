import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inBrevetHome } from "../scripts/brevet-home.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

/* `brevet login URL`, for the first time. */

let trial: TrialServer;
before(async () => {
  trial = await startTrial();
});
after(() => trial.close());

const skip = process.platform !== "linux" && "another system has its keychain always";

test("a first login leaves nothing where no keychain can keep the session, and names what can", { skip }, async () => {
  await inBrevetHome(async (home) => {
    const present = home.snapshot();
    const nowhere = { BREVET_STORE: "", DBUS_SESSION_BUS_ADDRESS: `unix:path=${home.home}/no-bus` };
    const { status, stderr } = await home.startWith(nowhere, "login", trial.url, "--json");
    assert.notEqual(status, 0);
    assert.equal(JSON.parse(stderr.trim().split("\n").at(-1) ?? "").code, "STORE_GUARD_ABSENT");
    assert.match(stderr, /`brevet login http:\S+ (--json )?--store file`/);
    assert.deepEqual(home.snapshot(), present);
  });
});
