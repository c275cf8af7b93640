import type { StsAction } from "./action.ts";
import { assumedRoleArn } from "./role-session.ts";
import { verifySignature } from "./verify-signature.ts";

/**
 * Who signed this request. It needs valid keys and no permission: not even a Deny can take it away.
 *
 * @see STS API Reference, GetCallerIdentity
 */
export const getCallerIdentity: StsAction = {
  name: "GetCallerIdentity",
  async run({ request, seal, now }) {
    const caller = await verifySignature(request, seal, now);
    const arn = assumedRoleArn(caller);
    return { result: { Arn: arn, UserId: `${caller.roleId}:${caller.sessionName}`, Account: caller.accountId }, summary: arn };
  },
};
