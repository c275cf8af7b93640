import { adminApi } from "./admin-api.ts";
import { adminApiOfTokens } from "./admin-api-tokens.ts";

adminApi("SQLite");
adminApiOfTokens("SQLite");
