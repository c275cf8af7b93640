/**
 * What marks a thing as made for an owner, where it has a description and neither tags nor labels: 256 characters at most, which is what
 * Google takes for a pool; Microsoft takes more.
 */
export function madeFor(owner: string): string {
  return `Made by brevet for ${owner}`.slice(0, 256);
}
