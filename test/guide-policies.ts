import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The guide of AWS and the login server, which tests read: what it shows is what they try. */
export const AWS_GUIDE = readFileSync(join(import.meta.dirname, "../docs/guides/login-server-aws.md"), "utf8");

export interface TrustPolicy {
  readonly Version: string;
  readonly Statement: readonly {
    readonly Action: readonly string[];
    readonly Condition: Readonly<Record<string, Readonly<Record<string, string>>>>;
  }[];
}

const policies = new Map(
  [...AWS_GUIDE.matchAll(/^### (.+)\n(?:(?!###)[\s\S])*?```json\n([\s\S]*?)```/gm)].map(([, heading = "", json = ""]) => [
    heading,
    JSON.parse(json) as TrustPolicy,
  ]),
);

/** The trust policy below a heading of the guide. */
export function guidePolicy(heading: string): TrustPolicy {
  const found = policies.get(heading);
  if (found === undefined)
    throw new Error(`the guide has no policy for "${heading}", but for ${[...policies.keys()].join(", ")}`);
  return found;
}

/** The first block of a language in the guide, from a heading on. */
export function guideBlock(heading: string, language: string): string {
  const at = AWS_GUIDE.indexOf(`${heading}\n`);
  if (at < 0) throw new Error(`the guide has no "${heading}"`);
  const from = AWS_GUIDE.slice(at);
  const block = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(from)?.[1];
  if (block === undefined) throw new Error(`the guide has no block of ${language} after "${heading}"`);
  return block;
}

/** What the guide has typed in the first block from a heading on: after each prompt, and on the lines that continue it. */
export function guideCommands(heading: string): string {
  const typed = guideBlock(heading, "").matchAll(/^\$ ((?:.*\\\n)*.*)$/gm);
  return [...typed].map(([, command = ""]) => command).join("\n");
}
