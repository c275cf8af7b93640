import { partitionOfRegion } from "../../../wire/aws-sts/partitions.ts";

/** What the printed forms of a trust are written from: resources as CloudFormation describes them, with every value in place. */

/** Of AWS itself, as templates call it. */
export type Surroundings = Readonly<Record<"AccountId" | "Partition" | "Region" | "StackName", string>>;

/** The value of `!GetAtt Bucket.RegionalDomainName`. Its end differs between partitions. */
export function bucketHost(bucket: string, { Region }: Surroundings): string {
  return `${bucket}.s3.${Region}.${partitionOfRegion(Region, "--region").suffix}`;
}

/** A trust to be written in some form. */
export interface ResolvedTrust {
  readonly resources: readonly ResolvedResource[];
  readonly surroundings: Surroundings;
}

/** A resource with its parameters in place; see {@link reference} for what only AWS will know. */
export interface ResolvedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly does: string;
  readonly properties: ResolvedObject;
}

export type Resolved = string | number | boolean | readonly Resolved[] | ResolvedObject;
export interface ResolvedObject {
  readonly [name: string]: Resolved;
}

const [OPEN, CLOSE] = ["⟦", "⟧"];

/** What only AWS will know, marked so that no text of a person can be taken for it: `Resource` or `Resource.Attribute`. */
export function reference(name: string): string {
  return `${OPEN}${name}${CLOSE}`;
}

/** The name of the reference that a text consists of; null for any other text. */
export function soleReference(text: string): string | null {
  return new RegExp(`^${OPEN}([^${CLOSE}]*)${CLOSE}$`).exec(text)?.[1] ?? null;
}

/** Writes a text: its references as `name` says, and everything else as `plain` does. */
export function writeReferences(text: string, name: (reference: string) => string, plain: (text: string) => string): string {
  return text
    .split(new RegExp(`${OPEN}([^${CLOSE}]*)${CLOSE}`))
    .map((part, index) => (index % 2 === 1 ? name(part) : plain(part)))
    .join("");
}

/** A policy, which may be an object or its text. */
export function policyOf(value: Resolved | undefined): unknown {
  return typeof value === "string" ? JSON.parse(value) : value;
}
