import { probeRings } from "./test/rings.ts";

/** Prints the Debian packages of the rings that cannot run on this machine yet, for `.ci/run` to install. */
const lacking = probeRings().filter(({ lacks }) => lacks.length > 0);
console.log([...new Set(lacking.flatMap(({ ring }) => ring.debianPackages))].join(" "));
