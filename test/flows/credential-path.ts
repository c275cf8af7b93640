import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { AwsCredentials, Credentials } from "../../src/core/credentials.ts";
import type { Proof } from "../../src/core/exchange.ts";
import type { ProfilePath } from "../../src/core/profile.ts";
import { Secret } from "../../src/core/secret.ts";
import type { Clock } from "../../src/core/time.ts";
import { keyFileGuardKind } from "../../src/stores/key-file/key-file-guard.ts";
import { fakeAwsCredentials } from "../contracts/outlet.ts";
import { sealedFilePlace, userFolders } from "../contracts/store-place.ts";

/** A clock that stands still until it is moved. */
function settableClock(at: number): Clock & { move(seconds: number): void } {
  let now = at;
  let offset = 0;
  return {
    now: () => now + offset,
    get offsetSeconds() {
      return offset;
    },
    learn: (seconds) => {
      offset = seconds;
    },
    move: (seconds) => {
      now += seconds;
    },
  };
}

/** When every test begins. */
export const START = 1_800_000_000;

/** What the path needs, each real or standing still, and what was said on it. */
export function world(context: TestContext) {
  const said: string[] = [];
  const warned: string[] = [];
  const clock = settableClock(START);
  const folders = userFolders(context);
  const { files } = folders;
  const store = sealedFilePlace(folders, () => keyFileGuardKind({ paths: folders, files }), null).open();
  const notices = { say: (line: string) => said.push(line), warn: (line: string) => warned.push(line) };
  return { said, warned, clock, store, ports: { store, clock, notices } };
}

/** Credentials that are told apart by a number. */
export function aws(clock: Clock, id: number, lifeSeconds = 3600): AwsCredentials {
  return fakeAwsCredentials({ accessKeyId: `ASIA${id}`, issuedAt: clock.now(), expiresAt: clock.now() + lifeSeconds });
}

/** A profile whose exchange answers with the outcomes in turn, the last one for ever. */
export function profile(clock: Clock, outcomes: readonly ((proof: Proof) => Credentials)[]) {
  const proofs: Proof[] = [];
  const path: ProfilePath = {
    name: "dev",
    cacheKey: "d".repeat(64),
    source: {
      kind: "identity",
      name: "laptop",
      open: async () => ({
        describe: async () => ({ kind: "device", issuer: null, subject: null, summary: "" }),
        assert: async ({ audience }) => ({
          form: "jwt",
          value: Promise.resolve(new Secret("assertion", `jwt@${clock.now()}`)),
          audience,
          expiresAt: clock.now() + 300,
        }),
      }),
    },
    check: async () => undefined,
    openExchange: async () => ({
      request: () => ({ audience: "sts.amazonaws.com", form: "jwt", algorithms: ["ES256"] }),
      async redeem(proof) {
        proofs.push(proof);
        const outcome = outcomes[Math.min(proofs.length, outcomes.length) - 1];
        assert.ok(outcome !== undefined);
        return outcome(proof);
      },
    }),
  };
  return { path, proofs };
}

export const WHEN_STALE = { renew: "when-stale", purpose: "a test asks" } as const;
export const NOW = { renew: "now", purpose: "a test asks" } as const;

/** By which credentials of {@link aws} are known. */
export function accessKey(credentials: Credentials): string {
  assert.equal(credentials.kind, "aws");
  return credentials.kind === "aws" ? credentials.accessKeyId : "";
}
