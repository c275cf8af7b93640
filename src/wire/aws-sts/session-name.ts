/** What AWS takes for the name of a role session, and for a source identity. @see STS API Reference, `RoleSessionName`, `SourceIdentity` */
export const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

/** The same in words. */
export const SESSION_NAME_RULE = "2 to 64 letters, digits or characters of _+=,.@-";
