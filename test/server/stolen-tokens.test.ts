import { stolenTokens } from "./stolen-tokens.ts";

stolenTokens("SQLite");
