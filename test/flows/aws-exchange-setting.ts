import assert from "node:assert/strict";
import type { AwsCredentials } from "../../src/core/credentials.ts";
import { Fault } from "../../src/core/fault.ts";
import { type Place, placeIn } from "../../src/core/place.ts";
import { Secret } from "../../src/core/secret.ts";
import type { Clock } from "../../src/core/time.ts";
import { awsExchange } from "../../src/exchanges/aws/aws-exchange.ts";
import { parseAwsOptions } from "../../src/exchanges/aws/options.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import type { Environment } from "../../src/platform/paths.ts";
import { systemTempo } from "../../src/platform/tempo.ts";

export const NOW = Date.parse("2026-01-01T00:00:00Z") / 1000;
export const DATE = { date: new Date(NOW * 1000).toUTCString() };
export const ROLE = "arn:aws:iam::123456789012:role/dev";
export const HINT_OF_NAME = "if this machine is online, look at the region, or the endpoint, of profiles.dev.aws";
export const TOKEN = "eyJhbGciOiJFUzI1NiJ9.visibly-fake.token";

const clock: Clock = {
  now: () => NOW,
  offsetSeconds: 0,
  learn: () => assert.fail("an exchange does not teach the clock itself"),
};
export const assertion = {
  kind: "assertion",
  identity: "my laptop",
  assertion: {
    form: "jwt",
    value: Promise.resolve(new Secret("assertion", TOKEN)),
    audience: "sts.amazonaws.com",
    expiresAt: NOW + 300,
  },
} as const;

interface Setting {
  readonly environment?: Environment;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Where they come from. */
  readonly place?: Place;
  readonly subject?: string;
  /** What the tempo's clock says, call by call; the last one stays. Without it, the machine's own. */
  readonly elapsedMs?: readonly number[];
}

export const PLACE = placeIn(null, "profiles.dev.aws");

export function exchangeWith({
  environment = {},
  options = {},
  place = PLACE,
  subject = "laptop-abcdefghij",
  elapsedMs,
}: Setting) {
  let asked = 0;
  const scripted = { elapsedMs: () => elapsedMs?.[Math.min(asked++, elapsedMs.length - 1)] ?? 0 };
  const warnings: string[] = [];
  const pauses: number[] = [];
  const exchange = awsExchange({
    options: parseAwsOptions({ roleArn: ROLE, region: "eu-west-1", ...options }, place),
    http: createHttp({ environment }),
    clock,
    environment,
    warn: (line) => warnings.push(line),
    subject,
    tempo: {
      ...systemTempo,
      ...(elapsedMs === undefined ? {} : scripted),
      pause: async (milliseconds) => void pauses.push(milliseconds),
    },
  });
  return { exchange, warnings, pauses };
}

export const CHAINED: AwsCredentials = {
  kind: "aws",
  accessKeyId: "ASIACHAINED",
  secretAccessKey: new Secret("secret access key", "visibly/fake+key"),
  sessionToken: new Secret("session token", "visibly/fake+session=="),
  issuedAt: NOW,
  expiresAt: NOW + 3600,
  assumedRoleArn: "arn:aws:sts::123456789012:assumed-role/first/laptop",
  region: "eu-west-1",
};

export async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const outcome = await work.then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(outcome instanceof Fault, `expected a Fault, got ${String(outcome)}`);
  return outcome;
}

export const ARN = "arn:aws:sts::123456789012:assumed-role/dev/laptop";
