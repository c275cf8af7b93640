import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { readJsonFile } from "../json-files.ts";

const tenantSchema = v.strictObject({
  tenantId: v.optional(v.string(), "11111111-1111-4111-8111-111111111111"),
  subscriptions: v.optional(v.array(v.strictObject({ id: v.string(), name: v.string(), resourceGroups: v.array(v.string()) })), [
    { id: "33333333-3333-4333-8333-333333333333", name: "sandbox", resourceGroups: ["sandbox"] },
  ]),
  /** Actions that the administrator may not do: `microsoft.directory/applications/create`. */
  administratorLacks: v.optional(v.array(v.string()), []),
});

/** The sandbox's tenant, in `entra/tenant.json`; without the file there is one with one subscription. */
export type Tenant = v.InferOutput<typeof tenantSchema>;

/** @throws {Fault} `SANDBOX_INVALID` */
export function readTenant(folder: string): Tenant {
  const file = join(folder, "entra", "tenant.json");
  return existsSync(file) ? readJsonFile(file, tenantSchema) : v.parse(tenantSchema, {});
}
