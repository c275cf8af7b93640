import { randomUUID } from "node:crypto";
import { sha256Hex } from "../../core/digest.ts";
import { isJsonObject } from "../../core/json-object.ts";
import { replacedPolicy, shownPolicy } from "./allow-policy.ts";
import type { Project } from "./projects.ts";
import { checkShape, readBody, requireShort, SHAPES } from "./read-body.ts";
import { openRecords, type Resource } from "./records.ts";
import { Refusal } from "./refusal.ts";

/** The service accounts of the sandbox's Google Cloud, in `google/service-accounts`. */
export interface ServiceAccounts {
  get(project: Project, email: string): Resource;
  list(project: Project): readonly Resource[];
  create(project: Project, body: string): Resource;
  patch(project: Project, email: string, body: string): Resource;
  remove(project: Project, email: string): Resource;
  getPolicy(email: string): Resource;
  setPolicy(email: string, body: string): Resource;
}

/** @throws {Refusal} from each method. */
export function openServiceAccounts(folder: string): ServiceAccounts {
  const records = openRecords(folder, "service-accounts");
  const isNamed = (email: string) => (one: Resource) => one["email"] === email || one["uniqueId"] === email;
  const stored = (email: string): Resource => {
    const found = records.find(isNamed(email));
    if (found === null) throw new Refusal("NOT_FOUND", `Unknown service account: ${email.slice(0, 100)}`);
    return found;
  };
  const save = (resource: Resource): void => {
    const email = String(resource["email"]);
    records.save(records.nameOf(isNamed(email)) ?? email, resource);
  };
  return {
    get: (project, email) => shown(stored(email), project),
    list: (project) =>
      records
        .all()
        .filter((one) => domainOf(String(one["email"])) === domainOf(emailOf("a", project)))
        .map((one) => shown(one, project)),
    create(project, body) {
      const { accountId, serviceAccount } = readBody(body, SHAPES.createAccount);
      if (!/^[a-z]([-a-z0-9]{4,28}[a-z0-9])$/.test(String(accountId))) {
        throw new Refusal(
          "INVALID_ARGUMENT",
          `The account ID "${String(accountId).slice(0, 64)}" does not have a length between 6 and 30 or has invalid characters.`,
        );
      }
      const email = emailOf(String(accountId), project);
      if (records.find(isNamed(email)) !== null) {
        throw new Refusal(
          "ALREADY_EXISTS",
          `Service account ${String(accountId)} already exists within project projects/${project.projectId}.`,
        );
      }
      const account = { email, uniqueId: uniqueId(randomUUID()), ...assignable(serviceAccount ?? {}) };
      save(account);
      return shown(account, project);
    },
    patch(project, email, body) {
      const { serviceAccount, updateMask } = readBody(body, SHAPES.patchAccount);
      const wanted = assignable(serviceAccount ?? {});
      const fields = String(updateMask ?? "").split(",");
      const chosen = Object.entries(wanted).filter(([name]) => fields.includes(name) || fields.includes(snake(name)));
      save({ ...stored(email), ...Object.fromEntries(chosen) });
      return shown(stored(email), project);
    },
    remove(_, email) {
      stored(email);
      records.remove(records.nameOf(isNamed(email)) ?? email);
      return {};
    },
    getPolicy: (email) => shownPolicy(policyOf(stored(email))),
    setPolicy(email, body) {
      const account = stored(email);
      const policy = replacedPolicy(policyOf(account), body);
      save({ ...account, policy });
      return shownPolicy(policy);
    },
  };
}

function assignable(value: unknown): Resource {
  const { displayName, description } = checkShape(value, SHAPES.account, "service_account");
  requireShort(displayName, 100, "display_name");
  requireShort(description, 256, "description");
  return { ...(displayName === undefined ? {} : { displayName }), ...(description === undefined ? {} : { description }) };
}

function policyOf({ policy }: Resource): Resource {
  return isJsonObject(policy) ? policy : {};
}

function shown({ policy: _, maxLifetimeSeconds: __, ...account }: Resource, { projectId }: Project): Resource {
  const email = String(account["email"]);
  // One that was written by hand has none.
  const unique = account["uniqueId"] ?? uniqueId(email);
  const { uniqueId: ___, ...rest } = account;
  return { name: `projects/${projectId}/serviceAccounts/${email}`, projectId, uniqueId: unique, ...rest };
}

function emailOf(accountId: string, { projectId }: Project): string {
  const [domain, name] = projectId.includes(":") ? projectId.split(":") : [null, projectId];
  return `${accountId}@${name}${domain === null ? "" : `.${domain}`}.iam.gserviceaccount.com`;
}

function domainOf(email: string): string {
  return email.split("@")[1] ?? "";
}

/** 21 digits, as Google numbers accounts. */
function uniqueId(seed: string): string {
  const digest = sha256Hex(seed);
  return `1${BigInt(`0x${digest}`).toString().slice(0, 20)}`;
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
