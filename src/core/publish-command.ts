/** What to type to publish a device's keys: without `--to` where the config knows the places. */
export function publishCommand(identity: string, { publishedTo }: { readonly publishedTo: readonly string[] }): string {
  return `brevet issuer publish ${identity}${publishedTo.length === 0 ? " --to FOLDER" : ""}`;
}
