import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Credentials } from "../../core/credentials.ts";
import { Secret } from "../../core/secret.ts";
import { cachedReport } from "./status-report.ts";

const ISSUED = 1_800_000_000;
const secret = (text: string): Secret<string> => new Secret("secret", text);
const life = (seconds: number) => ({ issuedAt: ISSUED, expiresAt: ISSUED + seconds });
const aws = (seconds: number): Credentials => ({
  kind: "aws",
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: secret("s"),
  sessionToken: secret("t"),
  assumedRoleArn: "arn:aws:sts::123456789012:assumed-role/dev/laptop",
  region: "eu-west-1",
  ...life(seconds),
});
const bearer = (seconds: number): Credentials => ({ kind: "bearer", token: secret("t"), audience: "app", ...life(seconds) });

describe("what status says of kept credentials", () => {
  it("is that they are stale from the second on in which the next call would replace them", () => {
    for (const [credentials, passed, endsIn, stale] of [
      [aws(3600), 0, "1h", false],
      [aws(3600), 2699, "15m1s", false],
      [aws(3600), 2700, "15m", true],
      [aws(3600), 3599, "1s", true],
      // A third of a short life, not the window of its kind.
      [aws(900), 599, "5m1s", false],
      [aws(900), 600, "5m", true],
      [bearer(3600), 3539, "1m1s", false],
      [bearer(3600), 3540, "1m", true],
    ] as const) {
      const report = cachedReport(credentials, ISSUED + passed, {});
      assert.deepEqual([report?.endsIn, report?.stale], [endsIn, stale], `${credentials.kind} after ${passed} s`);
    }
  });

  it("is nothing where there are none, where they have ended, and where the clock went back before them", () => {
    assert.equal(cachedReport(null, ISSUED, {}), null);
    assert.equal(cachedReport(aws(3600), ISSUED + 3600, {}), null);
    assert.equal(cachedReport(aws(3600), ISSUED - 901, {}), null);
    assert.notEqual(cachedReport(aws(3600), ISSUED - 900, {}), null);
  });

  it("is that they are this shell's where its variables have their key", () => {
    for (const [variables, inThisShell] of [
      [{ AWS_ACCESS_KEY_ID: "ASIAEXAMPLE" }, true],
      [{ AWS_ACCESS_KEY_ID: "ASIAOTHER" }, false],
      [{}, false],
    ] as const) {
      assert.equal(cachedReport(aws(3600), ISSUED, variables)?.inThisShell, inThisShell);
    }
    assert.equal(cachedReport(bearer(3600), ISSUED, { AWS_ACCESS_KEY_ID: "ASIAEXAMPLE" })?.inThisShell, false);
  });
});
