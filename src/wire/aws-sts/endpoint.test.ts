import assert from "node:assert/strict";
import { test } from "node:test";
import { STSClient } from "@aws-sdk/client-sts";
import { Fault } from "../../core/fault.ts";
import type { FaultCode } from "../../core/fault-codes.ts";
import { callSettings, NO_CALL_OPTIONS as UNSET } from "./call-settings.ts";
import data from "./data/partitions.json" with { type: "json" };
import { stsEndpoint } from "./endpoint.ts";
import { partitionOfRole, requireSamePartition } from "./partitions.ts";

const roleIn = (partition: string): string => `arn:${partition}:iam::123456789012:role/dev`;

function raises(code: FaultCode, work: () => unknown): void {
  assert.throws(work, (error) => error instanceof Fault && error.code === code);
}

test("every region of every partition has the endpoint that AWS's own SDK calls", () => {
  let compared = 0;
  const { endpointProvider } = new STSClient({ region: "us-east-1" }).config;
  assert.ok(endpointProvider);
  for (const partition of data.partitions) {
    for (const region of partition.regions) {
      for (const [useFips, useDualStack] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ] as const) {
        const theirs = endpointProvider({
          Region: region,
          UseFIPS: useFips,
          UseDualStack: useDualStack,
          UseGlobalEndpoint: false,
        });
        const ours = stsEndpoint({ endpointUrl: null, useFips, useDualStack }, partitionOfRole(roleIn(partition.id)), region);
        assert.equal(ours, theirs.url.href);
        compared += 1;
      }
    }
  }
  assert.ok(compared > 180, `only ${compared} were compared`);
});

const cases: readonly [string, Parameters<typeof callSettings>[0], Readonly<Record<string, string>>, string][] = [
  ["the region's own", UNSET, {}, "https://sts.eu-west-1.amazonaws.com/"],
  ["AWS_ENDPOINT_URL", UNSET, { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" }, "http://127.0.0.1:4566"],
  [
    "AWS_ENDPOINT_URL_STS before AWS_ENDPOINT_URL",
    UNSET,
    { AWS_ENDPOINT_URL_STS: "https://sts.internal.example", AWS_ENDPOINT_URL: "http://127.0.0.1:4566" },
    "https://sts.internal.example",
  ],
  [
    "the profile before the environment",
    { ...UNSET, endpointUrl: "https://profile.example/" },
    { AWS_ENDPOINT_URL_STS: "https://environment.example" },
    "https://profile.example/",
  ],
  [
    "an environment that is to be ignored",
    UNSET,
    { AWS_ENDPOINT_URL: "http://127.0.0.1:4566", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "TRUE" },
    "https://sts.eu-west-1.amazonaws.com/",
  ],
  ["FIPS by the environment", UNSET, { AWS_USE_FIPS_ENDPOINT: "true" }, "https://sts-fips.eu-west-1.amazonaws.com/"],
  ["dual-stack by the environment", UNSET, { AWS_USE_DUALSTACK_ENDPOINT: "true" }, "https://sts.eu-west-1.api.aws/"],
  [
    "a profile that says no to the environment's FIPS",
    { ...UNSET, useFips: false },
    { AWS_USE_FIPS_ENDPOINT: "true" },
    "https://sts.eu-west-1.amazonaws.com/",
  ],
];

for (const [name, options, environment, expected] of cases) {
  test(`the endpoint is ${name}`, () => {
    assert.equal(stsEndpoint(callSettings(options, environment), partitionOfRole(roleIn("aws")), "eu-west-1"), expected);
  });
}

test("FIPS beside a configured endpoint is refused, as AWS's SDKs do", () => {
  const settings = callSettings(UNSET, { AWS_ENDPOINT_URL: "https://sts.internal.example", AWS_USE_FIPS_ENDPOINT: "true" });
  raises("URL_INVALID", () => stsEndpoint(settings, partitionOfRole(roleIn("aws")), "eu-west-1"));
});

test("a region and a role of two partitions are refused, and so is a region of none", () => {
  const aws = partitionOfRole(roleIn("aws"));
  for (const region of ["cn-north-1", "us-gov-west-1", "eusc-de-east-1", "us-iso-east-1"]) {
    raises("PARTITION_MISMATCH", () => requireSamePartition(region, aws, roleIn("aws"), "the profile"));
  }
  raises("PARTITION_MISMATCH", () =>
    requireSamePartition("eu-west-1", partitionOfRole(roleIn("aws-cn")), roleIn("aws-cn"), "the profile"),
  );
  for (const region of ["mars-north-1", "eu-wst1", "aws-global"]) {
    raises("REGION_INVALID", () => requireSamePartition(region, aws, roleIn("aws"), "the profile"));
  }
  raises("ARN_INVALID", () => partitionOfRole(roleIn("aws-moon")));
});

test("a region that is newer than the table is taken by its partition's pattern", () => {
  assert.equal(
    data.partitions.some(({ regions }) => regions.includes("eu-west-9")),
    false,
  );
  requireSamePartition("eu-west-9", partitionOfRole(roleIn("aws")), roleIn("aws"), "the profile");
  requireSamePartition("us-gov-south-1", partitionOfRole(roleIn("aws-us-gov")), roleIn("aws-us-gov"), "the profile");
});

test("the region is the profile's, else that of the chained credentials, else the environment's", () => {
  const environment = { AWS_REGION: "us-east-2", AWS_DEFAULT_REGION: "us-west-2" };
  assert.equal(callSettings({ ...UNSET, region: "eu-west-1" }, environment, "eu-north-1").region, "eu-west-1");
  assert.equal(callSettings(UNSET, environment, "eu-north-1").region, "eu-north-1");
  assert.equal(callSettings(UNSET, environment).region, "us-east-2");
  assert.equal(callSettings(UNSET, { AWS_DEFAULT_REGION: "us-west-2" }).region, "us-west-2");
  assert.equal(callSettings(UNSET, {}).region, null);
});

test("an endpoint of the environment that is no URL is refused", () => {
  for (const url of ["localhost:4566", "sts.example.com", "ftp://sts.example.com", "https://"]) {
    const settings = callSettings(UNSET, { AWS_ENDPOINT_URL: url });
    raises("URL_INVALID", () => stsEndpoint(settings, partitionOfRole(roleIn("aws")), "eu-west-1"));
  }
});

test("a password in an endpoint stays out of what is said", () => {
  for (const url of ["https://alice:word@sts.example.com", "htp://alice:word@sts.example.com", "alice:word@sts.example.com"]) {
    const settings = callSettings(UNSET, { AWS_ENDPOINT_URL: url, AWS_USE_FIPS_ENDPOINT: "true" });
    assert.throws(
      () => stsEndpoint(settings, partitionOfRole(roleIn("aws")), "eu-west-1"),
      (cause: unknown) =>
        cause instanceof Fault && cause.code === "URL_INVALID" && !/word/.test(cause.message + cause.hints.join()),
    );
  }
});
