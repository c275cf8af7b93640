import { rmSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { jsonFilesIn, readJsonFile } from "../json-files.ts";
import { writeWhole } from "../sandbox-folder.ts";
import type { Resource } from "./read-body.ts";
import { Refusal } from "./refusal.ts";

const assignmentSchema = v.looseObject({ name: v.string(), properties: v.looseObject({ scope: v.string() }) });

/** The role assignments of the sandbox's Azure, in `entra/role-assignments/<id>.json`. */
export interface Assignments {
  find(scope: string, name: string): Resource;
  save(scope: string, name: string, properties: Resource): Resource;
  /** @returns null where there was none. */
  remove(scope: string, name: string): Resource | null;
}

/** @throws {Refusal} from each method. */
export function openAssignments(folder: string): Assignments {
  const place = join(folder, "entra", "role-assignments");
  const all = (): readonly v.InferOutput<typeof assignmentSchema>[] =>
    jsonFilesIn(place).map((file) => readJsonFile(file, assignmentSchema));
  const lookUp = (scope: string, name: string) =>
    all().find((one) => one.name === name && one.properties.scope.toLowerCase() === scope.toLowerCase()) ?? null;
  return {
    find(scope, name) {
      const found = lookUp(scope, name);
      if (found === null) throw new Refusal(404, "RoleAssignmentNotFound", `The role assignment '${name}' is not found.`);
      return found;
    },
    save(scope, name, properties) {
      const { principalId, roleDefinitionId } = properties;
      const same = all().find(
        (one) =>
          one.properties.scope.toLowerCase() === scope.toLowerCase() &&
          one.properties["principalId"] === principalId &&
          one.properties["roleDefinitionId"] === roleDefinitionId,
      );
      if (same !== undefined && same.name !== name)
        throw new Refusal(409, "RoleAssignmentExists", "The role assignment already exists.");
      const former = lookUp(scope, name);
      if (former !== null && former.properties["principalId"] !== principalId) {
        throw new Refusal(
          400,
          "RoleAssignmentUpdateNotPermitted",
          "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
        );
      }
      const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
      const made = { id, name, type: "Microsoft.Authorization/roleAssignments", properties: { ...properties, scope } };
      writeWhole(join(place, `${name}.json`), `${JSON.stringify(made, null, 2)}\n`);
      return made;
    },
    remove(scope, name) {
      const found = lookUp(scope, name);
      if (found !== null) rmSync(join(place, `${name}.json`), { force: true });
      return found;
    },
  };
}
