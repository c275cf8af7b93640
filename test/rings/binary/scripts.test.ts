import { join } from "node:path";
import { BIN } from "../../../scripts/bundle/executable.ts";
import { executableName, ownTarget } from "../../../scripts/bundle/targets.ts";
import { describeScripts } from "../../scripts/describe-scripts.ts";

/** What the scripts say of the Node build is true of the executable too. */

const target = ownTarget();
if (target === null) throw new Error("there is no executable for this platform");
describeScripts({ name: "the executable", command: [join(import.meta.dirname, "../../..", BIN, executableName(target))] });
