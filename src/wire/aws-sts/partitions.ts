import { Fault } from "../../core/fault.ts";
import { nearest } from "../../core/nearest.ts";
import type { Where } from "../../core/place.ts";
import data from "./data/partitions.json" with { type: "json" };

/** One AWS partition: accounts, regions and roles of one never meet those of another. */
export interface Partition {
  /** As ARNs write it: `aws`, `aws-cn`, `aws-us-gov`. */
  readonly id: string;
  /** Matches regions that are newer than this table, too. */
  readonly regionPattern: string;
  readonly defaultRegion: string;
  readonly suffix: string;
  readonly dualStackSuffix: string | null;
  readonly hasFips: boolean;
  readonly regions: readonly string[];
}

const PARTITIONS: readonly Partition[] = data.partitions;

/** @throws {Fault} `ARN_INVALID` for a partition that AWS does not have. */
export function partitionOfRole(roleArn: string): Partition {
  const id = roleArn.split(":", 2)[1] ?? "";
  const partition = PARTITIONS.find((candidate) => candidate.id === id);
  if (partition !== undefined) return partition;
  const guess = nearest(
    id,
    PARTITIONS.map(({ id: known }) => known),
  );
  throw new Fault("ARN_INVALID", `AWS has no partition ${JSON.stringify(id)}, which ${roleArn} names`, {
    hints: guess === null ? [] : [`begin it with \`arn:${guess}:\``],
  });
}

/**
 * Refuses a region of another partition than the role's, before anything is sent: AWS would answer that a token from an
 * unknown account is invalid.
 *
 * @param from what named the region, for messages: `AWS_REGION`, `the profile`.
 * @throws {Fault} `REGION_INVALID` for a region of no partition; `PARTITION_MISMATCH`.
 */
export function requireSamePartition(region: string, partition: Partition, roleArn: string, from: Where): void {
  const home = findPartition(region);
  if (home === undefined) throw noRegion(region, from, partition.regions, partition.defaultRegion);
  if (home.id === partition.id) return;
  throw new Fault(
    "PARTITION_MISMATCH",
    `the region ${region}, named by ${from}, belongs to the partition ${home.id}, the role ${roleArn} to ${partition.id}`,
    {
      hints: [`name one of ${partition.id}, such as \`${partition.defaultRegion}\``],
      details: { regionPartition: home.id, rolePartition: partition.id },
    },
  );
}

/** The partition of a region. @throws {Fault} `REGION_INVALID` for a region of none, with `from`: what named it. */
export function partitionOfRegion(region: string, from: string): Partition {
  const home = findPartition(region);
  if (home !== undefined) return home;
  const known = PARTITIONS.flatMap(({ regions }) => regions);
  throw noRegion(region, from, known, "us-east-1");
}

function findPartition(region: string): Partition | undefined {
  return (
    PARTITIONS.find(({ regions }) => regions.includes(region)) ??
    PARTITIONS.find(({ regionPattern }) => new RegExp(regionPattern).test(region))
  );
}

function noRegion(region: string, from: Where, known: readonly string[], example: string): Fault {
  const guess = nearest(region, known);
  return new Fault("REGION_INVALID", `${JSON.stringify(region)}, named by ${from}, is not an AWS region`, {
    hints: [guess === null ? `use a region such as \`${example}\`` : `did you mean \`${guess}\`?`],
  });
}
