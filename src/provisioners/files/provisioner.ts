import { join } from "node:path";
import { digestOf } from "../../core/digest.ts";
import { Fault } from "../../core/fault.ts";
import { withFileLock } from "../../platform/lock.ts";
import type { PrivateFiles } from "../../platform/private-files.ts";
import { readUserFile, replaceUserFile, requireReplaceable } from "../../platform/user-file.ts";
import type { Resource, Step } from "../../setup/plan.ts";
import type { AppliedStep, Facts, Provisioner } from "../../setup/provisioner.ts";
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
  const undoTogether = ([first, ...more]: readonly [AppliedStep, ...AppliedStep[]]): Promise<readonly (Fault | null)[]> =>
    withLock(input, first.step, async () => undo(input, fileOf(first.step), [first, ...more]));
  return {
    kinds: Object.keys(DOCUMENTS),
    where: "here",
    async read(resource) {
      return documentOf(resource).read(readUserFile(fileOf(resource))?.text ?? "", resource);
    },
    check: async (step) => requireReplaceable(readUserFile(fileOf(step))?.path ?? fileOf(step)),
    apply: async (step) => (await applyTogether([step]))[0] ?? {},
    applyTogether,
    async undo(step, facts) {
      const [conflict = null] = await undoTogether([{ step, facts }]);
      if (conflict !== null) throw conflict;
    },
    undoTogether,
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
    if (state !== step.before) throw changedSince(step, state);
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

/** @param steps all of one file. @returns for each its conflict, or null. */
function undo(
  { files, stateFolder }: FilesProvisionerInput,
  file: string,
  steps: readonly AppliedStep[],
): readonly (Fault | null)[] {
  const present = readUserFile(file);
  const edited = editedFile(files, stateFolder, file);
  let text = present?.text ?? "";
  let saysSame: DocumentKind["saysSame"] | null = null;
  const conflicts = steps.map(({ step, facts }) => {
    const document = documentOf(step);
    const { state } = document.read(text, step);
    const former = state === step.before ? state : stateToGiveBack(state, step);
    if (former instanceof Fault) return former;
    if (former === state) return null;
    text = document.edit(text, step, former, facts["gap"] ?? null).text;
    ({ saysSame } = document);
    return null;
  });
  if (saysSame === null) {
    if (conflicts.includes(null)) edited.afterUndo(present);
    return conflicts;
  }
  const given = edited.beforeUndo(present, text, saysSame);
  if (given === null) files.remove(present?.path ?? file);
  else replaceUserFile(files, file, present, given);
  edited.afterUndo(readUserFile(file));
  return conflicts;
}

/**
 * The state to restore: the former one or, if others have changed the resource since, theirs without what the step added. A Fault if
 * neither is possible.
 */
function stateToGiveBack(state: string | null, step: Step): string | null | Fault {
  if (state === step.after) return step.before;
  const left = documentOf(step).without?.(state, step) ?? null;
  return left === null ? changedSince(step, state) : left.state;
}

function changedSince(step: Step, state: string | null): Fault {
  const what = state === null ? "is gone" : "was changed since";
  return new Fault("PLAN_CONFLICT", `${partOf(step)} in ${fileOf(step)} ${what}, so it is left as it is`, {
    details: { step: step.id, file: fileOf(step) },
  });
}

function withLock<T>({ files, stateFolder, configFile }: FilesProvisionerInput, step: Step, work: () => Promise<T>): Promise<T> {
  const file = fileOf(step);
  const request = {
    folders: [() => join(stateFolder, "locks")],
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
