import { startProcess } from "../../src/platform/processes/piped/start-process.ts";
import { LONG, runCases } from "./piped-process-cases.ts";

/** Runs the cases in whatever runtime it is started, prints what came of them, and lets go of two that would sleep for a minute. */
const environment = { PATH: process.env["PATH"] };
const nobody = (): void => undefined;
const sleeping = await startProcess({ command: ["sleep", "60"], environment, onOutput: nobody, onErrorOutput: nobody });
const deaf = await startProcess({ command: ["sleep", "60"], environment, onOutput: nobody, onErrorOutput: "inherit" });
deaf.send(LONG);
process.once("exit", () => {
  sleeping.kill();
  deaf.kill();
});
process.stdout.write(JSON.stringify({ runtime: "bun" in process.versions ? "Bun" : "Node", outcomes: await runCases() }));
sleeping.letGo();
deaf.letGo();
