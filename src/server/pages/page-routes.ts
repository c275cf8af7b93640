import type { Route } from "../http/route.ts";
import { accountRoutes } from "./account-routes.ts";
import { adminAuditRoutes } from "./admin-audit-routes.ts";
import { adminClientsRoutes } from "./admin-clients-routes.ts";
import { adminKeysRoutes } from "./admin-keys-routes.ts";
import { adminRoutes } from "./admin-routes.ts";
import { adminRulesRoutes } from "./admin-rules-routes.ts";
import { adminSigningKeysRoutes } from "./admin-signing-keys-routes.ts";
import { assetRoutes } from "./assets/asset-routes.ts";
import { confirmRoutes } from "./confirm-routes.ts";
import { enrolRoutes } from "./enrol-routes.ts";
import { interactionRoutes } from "./interaction-routes.ts";
import { inviteRoutes } from "./invite-routes.ts";
import { keyRoutes } from "./key-routes.ts";
import type { PageParts } from "./page-parts.ts";
import { recoverRoutes } from "./recover-routes.ts";
import { signInRoutes } from "./sign-in-routes.ts";
import { upstreamSettingsRoutes } from "./upstream-settings-routes.ts";

/** Every page for people, and what they need. */
export function pageRoutes(parts: PageParts): readonly Route[] {
  return [
    ...assetRoutes,
    ...signInRoutes(parts),
    ...inviteRoutes(parts),
    ...enrolRoutes(parts),
    ...interactionRoutes(parts),
    ...accountRoutes(parts),
    ...keyRoutes(parts),
    ...confirmRoutes(parts),
    ...recoverRoutes(parts),
    ...adminRoutes(parts),
    ...adminKeysRoutes(parts),
    ...adminClientsRoutes(parts),
    ...adminRulesRoutes(parts),
    ...adminSigningKeysRoutes(parts),
    ...adminAuditRoutes(parts),
    ...upstreamSettingsRoutes(parts),
  ];
}
