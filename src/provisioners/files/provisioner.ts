import { dirname, join } from "node:path";
import { digestOf } from "../../core/digest.ts";
import { Fault } from "../../core/fault.ts";
import type { PrivateFiles } from "../../platform/files.ts";
import { withFileLock } from "../../platform/lock.ts";
import {
  hasFolder,
  readUserFile,
  removeEmptyFolder,
  replaceUserFile,
  requireReplaceable,
  setMode,
  type UserFile,
} from "../../platform/user-file.ts";
import type { Resource, Step } from "../../setup/plan.ts";
import type { Facts, Provisioner } from "../../setup/provisioner.ts";
import { awsProfileDocument } from "./aws-profile.ts";
import { brevetIssuerDocument } from "./brevet-issuer.ts";
import { brevetIdentityDocument, brevetProfileDocument } from "./brevet-profile.ts";
import type { DocumentKind, Edit } from "./documents.ts";
import { googleCredentialDocument } from "./google-credential-file.ts";

/** Put behind the name of a file: a copy of what it was before the last change that brevet made to it. */
const BACKUP = ".brevet-backup";

const DOCUMENTS: Readonly<Record<string, DocumentKind>> = {
  "aws-profile": awsProfileDocument,
  "brevet-identity": brevetIdentityDocument,
  "brevet-issuer": brevetIssuerDocument,
  "brevet-profile": brevetProfileDocument,
  "google-credential-file": googleCredentialDocument,
};

export interface FilesProvisionerInput {
  readonly files: PrivateFiles;
  /** Where the locks of edited files are. */
  readonly stateFolder: string;
  /** brevet's own config, which has a lock of its own. */
  readonly configFile: string;
}

/**
 * Things that are a part of a file of the user's: an AWS profile, a profile of brevet. A change touches that part only; the
 * file is locked against other runs of brevet, copied beside itself, and replaced as a whole.
 *
 * Undoing gives back the former file to the byte as long as nothing else in it changed, and takes away just the part
 * otherwise. The AWS CLI takes no lock: a change that it makes in the same instant can be lost, as between any two editors.
 */
export function filesProvisioner(input: FilesProvisionerInput): Provisioner {
  return {
    kinds: Object.keys(DOCUMENTS),
    async read(resource) {
      return documentOf(resource).read(readUserFile(fileOf(resource))?.text ?? "", resource);
    },
    check: async (step) => requireReplaceable(readUserFile(fileOf(step))?.path ?? fileOf(step)),
    apply: (step) => withLock(input, step, async () => apply(input.files, step)),
    undo: (step, facts) => withLock(input, step, async () => undo(input.files, step, facts)),
  };
}

function apply(files: PrivateFiles, step: Step): Facts {
  const file = fileOf(step);
  const present = readUserFile(file);
  const { state } = documentOf(step).read(present?.text ?? "", step);
  if (state === step.after) return present === null ? {} : factsOfEarlierRun(present, step);
  requireUnchanged(step, state, step.before);
  const hadFolder = hasFolder(file);
  if (present !== null) keepBackup(files, present);
  const edit = documentOf(step).edit(present?.text ?? "", step, step.after, null);
  replaceUserFile(files, file, present, edit.text);
  return { ...factsOf(present?.text ?? null, edit), ...(hadFolder ? {} : { madeFolder: "yes" }) };
}

/** With the permissions of the file: who is killed before the new file has them finds them there. */
function keepBackup(files: PrivateFiles, present: UserFile): void {
  files.replace(backupOf(present.path), Buffer.from(present.text, "utf8"));
  setMode(backupOf(present.path), present.mode);
}

/** The run that made this was killed before it could record what it did: the copy beside the file tells the same. */
function factsOfEarlierRun(present: UserFile, step: Step): Facts {
  const backup = readUserFile(backupOf(present.path));
  for (const former of [backup, null]) {
    const text = former?.text ?? "";
    if (documentOf(step).read(text, step).state === step.after) continue;
    const edit = remade(step, text);
    if (edit?.text !== present.text) continue;
    if (former !== null) setMode(present.path, former.mode);
    // Whether there was a folder is not known any more; it goes only if nothing else is in it.
    return former === null ? { ...factsOf(null, edit), madeFolder: "yes" } : factsOf(former.text, edit);
  }
  return {};
}

/** null: what cannot be made of a file, such as the issuer of an identity that is not in it, was not made of it. */
function remade(step: Step, text: string): Edit | null {
  try {
    return documentOf(step).edit(text, step, step.after, null);
  } catch (cause) {
    if (cause instanceof Fault) return null;
    throw cause;
  }
}

function undo(files: PrivateFiles, step: Step, recorded: Facts): void {
  const file = fileOf(step);
  const present = readUserFile(file);
  const { state } = documentOf(step).read(present?.text ?? "", step);
  const isMade = present !== null && state === step.after;
  const facts = isMade && recorded["wrote"] === undefined ? factsOfEarlierRun(present, step) : recorded;
  if (state !== step.before) {
    const former = stateToGiveBack(state, step);
    if (former === state) return;
    const text = formerText(step, facts, present) ?? withoutChange({ ...step, before: former }, facts, present);
    if (text.trim() === "" && facts["madeFile"] !== undefined) files.remove(present?.path ?? file);
    else replaceUserFile(files, file, present, text);
  }
  dropBackup(files, present?.path ?? file, facts);
  if (facts["madeFolder"] !== undefined) removeEmptyFolder(dirname(file));
}

/** What a thing is to be again: what was before, or what others made of it since without what the step brought. */
function stateToGiveBack(state: string | null, step: Step): string | null {
  const left = state === step.after ? null : (documentOf(step).without?.(state, step) ?? null);
  if (left !== null) return left.state;
  requireUnchanged(step, state, step.after);
  return step.before;
}

function withoutChange(step: Step, facts: Facts, present: UserFile | null): string {
  return documentOf(step).edit(present?.text ?? "", step, step.before, facts["gap"] ?? null).text;
}

/** The whole file as it was, if nothing in it changed since; null when the part has to be taken out of it. */
function formerText(step: Step, facts: Facts, present: UserFile | null): string | null {
  if (present === null || digestOf(present.text) !== facts["wrote"]) return null;
  const former = facts["replaced"] === NO_FILE ? "" : readUserFile(backupOf(present.path))?.text;
  if (former === undefined || (former !== "" && digestOf(former) !== facts["replaced"])) return null;
  // After a second change the copy is what the first one made.
  return documentOf(step).read(former, step).state === step.before ? former : null;
}

/** Only the copy that this step made: a later step's is still needed for undoing that one. */
function dropBackup(files: PrivateFiles, path: string, facts: Facts): void {
  const backup = readUserFile(backupOf(path));
  if (backup !== null && digestOf(backup.text) === facts["replaced"]) files.remove(backup.path);
}

/** Instead of a digest: there was no file. */
const NO_FILE = "nothing";

/** A later change of the same thing adds to the facts of the first: who made the file stays known. */
function factsOf(replaced: string | null, { text, gap }: Edit): Facts {
  const replacedDigest = replaced === null ? { replaced: NO_FILE, madeFile: "yes" } : { replaced: digestOf(replaced) };
  return { wrote: digestOf(text), ...replacedDigest, ...(gap === null ? {} : { gap }) };
}

function requireUnchanged(step: Step, state: string | null, expected: string | null): void {
  if (state === expected) return;
  const what = state === null ? "is gone" : "was changed by somebody else";
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
    waiting: () => undefined,
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

function backupOf(path: string): string {
  return path + BACKUP;
}

/** What a step is about, in words. */
function partOf({ kind, address }: Resource): string {
  if (kind === "brevet-identity") return `the identity ${address["identity"]}`;
  return address["identity"] === undefined ? `the profile ${address["profile"]}` : `the issuer of ${address["identity"]}`;
}
