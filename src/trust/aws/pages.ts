/** The pages where AWS writes its rules down; every finding cites one. */

const GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide";

export const PAGES = {
  evaluation: `${GUIDE}/reference_policies_evaluation-logic.html`,
  grammar: `${GUIDE}/reference_policies_grammar.html`,
  elements: `${GUIDE}/reference_policies_elements.html`,
  version: `${GUIDE}/reference_policies_elements_version.html`,
  sid: `${GUIDE}/reference_policies_elements_sid.html`,
  effect: `${GUIDE}/reference_policies_elements_effect.html`,
  principal: `${GUIDE}/reference_policies_elements_principal.html`,
  notPrincipal: `${GUIDE}/reference_policies_elements_notprincipal.html`,
  action: `${GUIDE}/reference_policies_elements_action.html`,
  notAction: `${GUIDE}/reference_policies_elements_notaction.html`,
  condition: `${GUIDE}/reference_policies_elements_condition.html`,
  operators: `${GUIDE}/reference_policies_elements_condition_operators.html`,
  manyValues: `${GUIDE}/reference_policies_condition-logic-multiple-context-keys-or-values.html`,
  sets: `${GUIDE}/reference_policies_condition-single-vs-multi-valued-context-keys.html`,
  variables: `${GUIDE}/reference_policies_variables.html`,
  globalKeys: `${GUIDE}/reference_policies_condition-keys.html`,
  stsKeys: `${GUIDE}/reference_policies_iam-condition-keys.html#condition-keys-sts`,
  oidcKeys: `${GUIDE}/reference_policies_iam-condition-keys.html#condition-keys-wif`,
  samlKeys: `${GUIDE}/reference_policies_iam-condition-keys.html#condition-keys-saml`,
  stsActions: "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html",
  sessionTags: `${GUIDE}/id_session-tags.html`,
  sourceIdentity: `${GUIDE}/id_credentials_temp_control-access_monitor.html`,
  oidcRole: `${GUIDE}/id_roles_create_for-idp_oidc.html`,
  quotas: `${GUIDE}/reference_iam-quotas.html`,
} as const;
