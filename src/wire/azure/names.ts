import { Fault } from "../../core/fault.ts";
import type { Where } from "../../core/place.ts";

/* Names of Azure that people type. `where` names the place in messages: `profiles.dev.azure.tenantId`, `--client-id`. */

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Of a resource group, by letters and digits of every script. */
const GROUP = /^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u;

const MANAGEMENT_GROUP = /^\/providers\/Microsoft\.Management\/managementGroups\/[\w().-]{1,90}$/i;

/** The names in a scope: a resource's may hold spaces. Nothing that ends a path or leads out of it, and nothing that is encoded already. */
const SCOPE = /^(\/(?!\.\.?(\/|$))[^/?#%\\\s\p{Cc}]+( +[^/?#%\\\s\p{Cc}]+)*)+$/u;

/** The id of a tenant, an application or a subscription. @throws {Fault} `NAME_INVALID` */
export function parseGuid(text: string, where: Where): string {
  if (GUID.test(text)) return text;
  throw new Fault("NAME_INVALID", `${where}: ${JSON.stringify(text)} is not a GUID`, {
    hints: ["write it as `00000000-0000-0000-0000-000000000000`"],
  });
}

/** @throws {Fault} `NAME_INVALID` @see Azure Resource Manager, "Naming rules and restrictions", Microsoft.Resources */
export function parseResourceGroup(text: string, where: Where): string {
  if (GROUP.test(text)) return text;
  const rule = "1 to 90 letters, digits and characters of _().-, and no full stop at the end";
  throw new Fault("NAME_INVALID", `${where}: ${JSON.stringify(text)} is not the name of a resource group: ${rule}`, {
    hints: ["`az group list --query '[].name'` lists them"],
  });
}

/** The name of a region, `westeurope`; its title, as `West Europe`, is what Azure's pages show. @throws {Fault} `NAME_INVALID` */
export function parseLocation(text: string, where: Where): string {
  if (/^[a-z][a-z0-9]{1,49}$/.test(text)) return text;
  const name = text.toLowerCase().replaceAll(" ", "");
  throw new Fault("NAME_INVALID", `${where}: ${JSON.stringify(text)} is not the name of a region`, {
    hints: [
      /^[a-z][a-z0-9]{1,49}$/.test(name) ? `write it as \`${name}\`` : "`az account list-locations --query '[].name'` lists them",
    ],
  });
}

/**
 * Where a role holds: a subscription or what is in it, a management group, or `/`, which is above them all; else without a slash at
 * the end.
 *
 * @throws {Fault} `NAME_INVALID`
 * @see Azure RBAC, "Understand scope"; "Elevate access to manage all Azure subscriptions and management groups"
 */
export function parseRoleScope(text: string, where: Where): string {
  if (text === "/") return text;
  const scope = text.replace(/\/$/, "");
  const [, root = "", id = ""] = scope.split("/");
  const isInSubscription = /^subscriptions$/i.test(root) && GUID.test(id) && SCOPE.test(scope);
  if (isInSubscription || MANAGEMENT_GROUP.test(scope)) return scope;
  throw new Fault(
    "NAME_INVALID",
    `${where}: ${JSON.stringify(text)} is not a subscription, what is in one, a management group, or /`,
    {
      hints: ["write it as `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/NAME`"],
    },
  );
}

/** A scope as a URL's path begins with it: that of `/` is empty. */
export function pathOfScope(scope: string): string {
  return scope === "/" ? "" : scope.split("/").map(encodeURIComponent).join("/");
}
