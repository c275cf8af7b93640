import * as interactionPolicy from "oidc-provider/lib/helpers/interaction_policy/index.js";

/**
 * What the provider asks a person for. Beyond the standards, letting a device in takes a use of the key: a device has no `prompt`
 * to ask for it, and a code sent by somebody else must not be confirmed by a session that happens to exist.
 *
 * @see RFC 8628 §5.4
 */
export function signInPolicy(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  policy.get("login")?.checks.add(
    new interactionPolicy.Check("device_let_in", "a device is let in by a fresh sign-in", ({ oidc }) => {
      const code = oidc.entities.DeviceCode;
      if (code === undefined || oidc.result?.login !== undefined) return interactionPolicy.Check.NO_NEED_TO_PROMPT;
      const signedInAt = oidc.session?.authTime() ?? 0;
      // The consent that may come after it is an interaction of its own, whose result has no sign-in.
      return signedInAt < (code.iat ?? Number.POSITIVE_INFINITY);
    }),
  );
  return policy;
}
