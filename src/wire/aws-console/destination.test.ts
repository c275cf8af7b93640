import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../core/fault.ts";
import { destinationOf } from "./destination.ts";
import { consoleHosts } from "./hosts.ts";

const AWS = consoleHosts({ id: "aws" });
const CHINA = consoleHosts({ id: "aws-cn" });

describe("the page of the console that a person lands on", () => {
  for (const [wanted, region, page] of [
    [null, "eu-west-1", "https://console.aws.amazon.com/console/home?region=eu-west-1"],
    [null, "", "https://console.aws.amazon.com/console/home"],
    ["s3/home", "eu-west-1", "https://console.aws.amazon.com/s3/home?region=eu-west-1"],
    ["/ec2/home?region=us-east-1#Instances:", "eu-west-1", "https://console.aws.amazon.com/ec2/home?region=us-east-1#Instances:"],
    ["https://eu-west-2.console.aws.amazon.com/sns/v3/home", "eu-west-1", "https://eu-west-2.console.aws.amazon.com/sns/v3/home"],
  ] as const) {
    it(`is ${page} for ${wanted} in ${region || "no region"}`, () => assert.equal(destinationOf(wanted, AWS, region), page));
  }

  it("is one of the role's own partition", () => {
    assert.equal(destinationOf("s3/home", CHINA, "cn-north-1"), "https://console.amazonaws.cn/s3/home?region=cn-north-1");
  });

  for (const wanted of [
    "https://console.aws.amazon.com.example.com/",
    "https://xaws.amazon.com/",
    "https://console.amazonaws.cn/",
    "http://console.aws.amazon.com/",
    "https://alice:pw@console.aws.amazon.com/",
    "https://console.aws.amazon.com@example.com/",
    "javascript:alert(1)",
    "https://",
  ]) {
    it(`is not ${wanted}`, () => {
      assert.throws(
        () => destinationOf(wanted, AWS, ""),
        (fault) => fault instanceof Fault && fault.code === "URL_INVALID",
      );
    });
  }

  for (const wanted of ["//example.com/x", "\\\\example.com\\x", "@example.com/", "..//example.com"]) {
    it(`stays at the console for ${wanted}`, () => {
      assert.equal(new URL(destinationOf(wanted, AWS, "")).host, "console.aws.amazon.com");
    });
  }
});

it("a partition whose console nobody is told the address of is said to have none", () => {
  assert.throws(
    () => consoleHosts({ id: "aws-iso" }),
    (fault) => fault instanceof Fault && fault.code === "CREDENTIALS_UNSUPPORTED",
  );
});
