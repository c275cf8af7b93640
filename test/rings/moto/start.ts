import { POLICY_ARN, startMoto } from "./moto-server.ts";

/** moto as the tests of this ring have it, for a person to try a setup on: prints what an administrator has in the environment. */
const { environment, stop } = await startMoto();
for (const [name, value] of Object.entries(environment)) console.log(`export ${name}='${value}'`);
console.log(`# brevet setup aws --policy-arn ${POLICY_ARN} --wait 0`);
process.once("SIGINT", () => void stop());
