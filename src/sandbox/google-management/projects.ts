import { isJsonObject } from "../../core/json-object.ts";
import { openRecords, type Resource } from "./records.ts";
import { Refusal } from "./refusal.ts";

/**
 * A project of the sandbox's Google Cloud, in `google/projects/<any name>.json`. Without any file there is one, `example-project`.
 */
export interface Project {
  readonly projectId: string;
  /** As a text: it has up to 12 digits, and Google's APIs write it so. */
  readonly projectNumber: string;
  /** The APIs that are turned on; null: all. */
  readonly services: readonly string[] | null;
  /** Permissions that the administrator lacks. */
  readonly administratorLacks: readonly string[];
  readonly policy: Resource;
}

export interface Projects {
  /** @throws {Refusal} `PERMISSION_DENIED`: Google does not tell what is absent from what is not allowed. */
  find(idOrNumber: string): Project;
  savePolicy(project: Project, policy: Resource): void;
}

const FIRST: Resource = { projectId: "example-project", projectNumber: "123456789012" };

export function openProjects(folder: string): Projects {
  const records = openRecords(folder, "projects");
  const isNamed = (name: string) => (resource: Resource) =>
    resource["projectId"] === name || String(resource["projectNumber"]) === name;
  return {
    find(idOrNumber) {
      const found = records.find(isNamed(idOrNumber)) ?? (isNamed(idOrNumber)(FIRST) ? FIRST : null);
      if (found === null) {
        throw new Refusal("PERMISSION_DENIED", `The caller does not have permission (project ${idOrNumber.slice(0, 64)}).`);
      }
      return projectOf(found);
    },
    savePolicy(project, policy) {
      const stored = records.find(isNamed(project.projectId)) ?? FIRST;
      const file = records.nameOf(isNamed(project.projectId)) ?? project.projectId.replace(/[^a-z0-9-]/g, "-");
      records.save(file, { ...stored, policy });
    },
  };
}

function projectOf(resource: Resource): Project {
  const texts = (value: unknown): readonly string[] | null => (Array.isArray(value) ? value.map(String) : null);
  return {
    projectId: String(resource["projectId"]),
    projectNumber: String(resource["projectNumber"]),
    services: texts(resource["services"]),
    administratorLacks: texts(resource["administratorLacks"]) ?? [],
    policy: isJsonObject(resource["policy"]) ? resource["policy"] : {},
  };
}
