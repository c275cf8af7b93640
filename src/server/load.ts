/**
 * The server's program, loaded when it is started. What reads attestations reflects on its classes while it is loaded, so the polyfill for
 * that comes first: a bundle does not keep the order of imports that are there for their effect alone.
 */
export async function loadServer(): Promise<typeof import("./compose.ts")> {
  await import("reflect-metadata/lite");
  return import("./compose.ts");
}
