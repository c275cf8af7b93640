import { isOurs } from "../../setup/join-aws.ts";
import type { Resource } from "../../setup/plan.ts";
import { type AwsConfig, type ConfigSection, parseAwsConfig } from "../../wire/aws-config/parse.ts";
import { appendSection, cutSection, findProfile, replaceSection, sectionText } from "../../wire/aws-config/profile.ts";
import type { DocumentKind, Edit } from "./documents.ts";

/** `{ file, profile }`: a section of `~/.aws/config`. Its state is its text, and a comment in it says that it is ours. */
export const awsProfileDocument: DocumentKind = {
  read(text, resource) {
    const { config, section } = find(text, resource);
    if (section === null) return { state: null, owner: "nobody" };
    const state = sectionText(config, section);
    return { state, owner: isOurs(state) ? "ours" : "theirs" };
  },
  edit(text, step, state, gap) {
    const { config, section } = find(text, step);
    if (section === null) return state === null ? { text, gap: null } : checked(appendSection(config, state.split("\n")), step);
    if (state === null) return checked({ text: cutSection(config, section, gap), gap: null }, step);
    return checked({ text: replaceSection(config, section, state.split("\n")), gap: null }, step);
  },
  saysSame: (one, other) => written(one) === written(other),
};

/** Without empty lines, which brevet puts between sections. */
function written(text: string): string {
  return text
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== "")
    .join("\n");
}

interface Found {
  readonly config: AwsConfig;
  readonly section: ConfigSection | null;
}

function find(text: string, { address }: Resource): Found {
  const config = parseAwsConfig(text, address["file"] ?? "");
  return { config, section: findProfile(config, address["profile"] ?? "") };
}

/** Reads the text again: an edit that broke the file would be our bug, and must not reach the disk. */
function checked(edit: Edit, { address }: Resource): Edit {
  parseAwsConfig(edit.text, address["file"] ?? "");
  return edit;
}
