import { join } from "node:path";
import { digestOf } from "../../core/digest.ts";
import { Fault } from "../../core/fault.ts";
import { withFileLock } from "../../platform/lock.ts";
import type { PrivateFiles } from "../../platform/private-files.ts";
import { readUserFile, replaceUserFile, requireReplaceable } from "../../platform/user-file.ts";
import type { Resource, Step } from "../../setup/plan.ts";
import type { Facts, Provisioner } from "../../setup/provisioner.ts";
import { awsProfileDocument } from "./aws-profile.ts";
import { brevetIssuerDocument } from "./brevet-issuer.ts";
import { brevetIdentityDocument, brevetProfileDocument } from "./brevet-profile.ts";
import type { DocumentKind } from "./documents.ts";
import { editedFile } from "./edited-file.ts";
import { googleCredentialDocument } from "./google-credential-file.ts";

const DOCUMENTS: Readonly<Record<string, DocumentKind>> = {
  "aws-profile": awsProfileDocument,
  "brevet-identity": brevetIdentityDocument,
  "brevet-issuer": brevetIssuerDocument,
  "brevet-profile": brevetProfileDocument,
  "google-credential-file": googleCredentialDocument,
};

export interface FilesProvisionerInput {
  readonly files: PrivateFiles;
  /** Where the locks of edited files are, and what is remembered of them. */
  readonly stateFolder: string;
  /** brevet's own config, which has a lock of its own. */
  readonly configFile: string;
}

/**
 * Things that are a part of a file of the user's: an AWS profile, a profile of brevet. A change touches that part only; the file
 * is locked against other runs of brevet, copied, and replaced as a whole.
 *
 * Undoing takes away just the part. Once the last part is out, and nobody else changed the file meanwhile, it is what it was, to
 * the byte ({@link editedFile}). The AWS CLI takes no lock: a change that it makes in the same instant can be lost, as between
 * any two editors.
 */
export function filesProvisioner(input: FilesProvisionerInput): Provisioner {
  const applyTogether = ([first, ...more]: readonly [Step, ...Step[]]): Promise<readonly Facts[]> =>
    withLock(input, first, async () => apply(input, fileOf(first), [first, ...more]));
  return {
    kinds: Object.keys(DOCUMENTS),
    where: "here",
    async read(resource) {
      return documentOf(resource).read(readUserFile(fileOf(resource))?.text ?? "", resource);
    },
    check: async (step) => requireReplaceable(readUserFile(fileOf(step))?.path ?? fileOf(step)),
    apply: async (step) => (await applyTogether([step]))[0] ?? {},
    applyTogether,
    undo: (step, facts) => withLock(input, step, async () => undo(input, step, facts)),
  };
}

/** @param steps of one file. */
function apply({ files, stateFolder }: FilesProvisionerInput, file: string, steps: readonly Step[]): readonly Facts[] {
  const present = readUserFile(file);
  const edited = editedFile(files, stateFolder, file);
  const found = present?.text ?? "";
  let text = found;
  const facts = steps.map((step): Facts => {
    const document = documentOf(step);
    const { state } = document.read(text, step);
    if (state === step.after) return {};
    requireUnchanged(step, state, step.before);
    const edit = document.edit(text, step, step.after, null);
    text = edit.text;
    return edit.gap === null ? {} : { gap: edit.gap };
  });
  if (text === found) {
    edited.repairMode(present);
    return facts;
  }
  edited.beforeChange(present, text);
  replaceUserFile(files, file, present, text);
  return facts;
}

function undo({ files, stateFolder }: FilesProvisionerInput, step: Step, facts: Facts): void {
  const file = fileOf(step);
  const document = documentOf(step);
  const present = readUserFile(file);
  const edited = editedFile(files, stateFolder, file);
  const { state } = document.read(present?.text ?? "", step);
  const former = state === step.before ? state : stateToGiveBack(state, step);
  if (former === state) {
    edited.afterUndo(present);
    return;
  }
  const { text } = document.edit(present?.text ?? "", step, former, facts["gap"] ?? null);
  const given = edited.beforeUndo(present, text, document.saysSame);
  if (given === null) files.remove(present?.path ?? file);
  else replaceUserFile(files, file, present, given);
  edited.afterUndo(readUserFile(file));
}

/** The state to restore: the former one or, where others changed the resource since, theirs without what the step brought. */
function stateToGiveBack(state: string | null, step: Step): string | null {
  const left = state === step.after ? null : (documentOf(step).without?.(state, step) ?? null);
  if (left !== null) return left.state;
  requireUnchanged(step, state, step.after);
  return step.before;
}

function requireUnchanged(step: Step, state: string | null, expected: string | null): void {
  if (state === expected) return;
  const what = state === null ? "is gone" : "was changed since";
  throw new Fault("PLAN_CONFLICT", `${partOf(step)} in ${fileOf(step)} ${what}, so it is left as it is`, {
    details: { step: step.id, file: fileOf(step) },
  });
}

function withLock<T>({ files, stateFolder, configFile }: FilesProvisionerInput, step: Step, work: () => Promise<T>): Promise<T> {
  const file = fileOf(step);
  const request = {
    folders: [join(stateFolder, "locks")],
    name: file === configFile ? "config.lock" : `file-${digestOf(file).slice(0, 32)}.lock`,
    purpose: `edits ${file}`,
    patienceSeconds: 10,
  };
  return withFileLock(files, request, work);
}

function documentOf({ kind }: Resource): DocumentKind {
  const document = DOCUMENTS[kind];
  if (document === undefined) throw new TypeError(`${kind} is not a part of a file`);
  return document;
}

function fileOf({ address }: Resource): string {
  const { file } = address;
  if (file === undefined) throw new TypeError("a part of a file is found by its file");
  return file;
}

/** What a step is about, in words. */
function partOf({ kind, address }: Resource): string {
  if (kind === "brevet-identity") return `the identity ${address["identity"]}`;
  return address["identity"] === undefined ? `the profile ${address["profile"]}` : `the issuer of ${address["identity"]}`;
}
