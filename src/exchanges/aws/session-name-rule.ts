/** Whether AWS accepts a text as the name of a role session, or as a source identity: the rule is the same. */
export function isSessionName(text: string): boolean {
  return /^[A-Za-z0-9_+=,.@-]{2,64}$/.test(text);
}
