/**
 * Writes `src/wire/aws-sts/data/partitions.json` from the file of the same name that comes with botocore:
 * `node --import tsx scripts/update-partitions.ts …/botocore/data/partitions.json 1.43.11`
 *
 * Keeps what an STS endpoint is made of, and nothing else.
 */
import { readFileSync, writeFileSync } from "node:fs";

interface BotocorePartition {
  readonly id: string;
  readonly regionRegex: string;
  readonly regions: Readonly<Record<string, unknown>>;
  readonly outputs: {
    readonly dnsSuffix: string;
    readonly dualStackDnsSuffix: string;
    readonly implicitGlobalRegion: string;
    readonly supportsDualStack: boolean;
    readonly supportsFIPS: boolean;
  };
}

const [source, botocore] = process.argv.slice(2);
if (source === undefined || botocore === undefined)
  throw new TypeError("needs the path of partitions.json and botocore's version");

const { partitions } = JSON.parse(readFileSync(source, "utf8")) as { readonly partitions: readonly BotocorePartition[] };
const rows = partitions.map(({ id, regionRegex, regions, outputs }) => ({
  id,
  regionPattern: regionRegex,
  defaultRegion: outputs.implicitGlobalRegion,
  suffix: outputs.dnsSuffix,
  dualStackSuffix: outputs.supportsDualStack ? outputs.dualStackDnsSuffix : null,
  hasFips: outputs.supportsFIPS,
  // `aws-global` and its like are names of an SDK, not places with an endpoint of their own.
  regions: Object.keys(regions).filter((region) => !region.endsWith("-global")),
}));
const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(",\n");
const text = `{\n  "source": "botocore ${botocore} data/partitions.json",\n  "partitions": [\n${lines}\n  ]\n}\n`;
writeFileSync(new URL("../src/wire/aws-sts/data/partitions.json", import.meta.url), text);
