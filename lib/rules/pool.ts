export function sameAccountNameProblem(name: string, first: number): string {
  return `"${name}" is already the name of the account of backends[${first}]; give each account that the stack creates a name of its own`;
}

export function sameHostNameProblem(hostName: string, first: number): string {
  return `"${hostName}" is already the host name of backends[${first}]; list each endpoint once`;
}

export function sameAccountProblem(_: string, first: number): string {
  return `is already the account of backends[${first}], and an account has one quota; list each account once`;
}

export function emptyPoolProblem(): string {
  return "every backend is drained, so the pool would be empty; leave at least one in it";
}

export function noAccountForDeploymentsProblem(): string {
  return 'no backend is an account that this stack creates, so there is nothing to deploy them to; add { "account": { … } } to backends, or remove deployments';
}

/** An account that would create the group of the gateway, which is an existing one. */
export function existingHomeGroupProblem(name: string): string {
  return `"${name}" is the existing group of the gateway, which cannot be created; write { "existing": "${name}" }, or leave resourceGroup out`;
}

/** Something of another subscription than the stack's, which looks it up or creates something in it. */
export function otherSubscriptionProblem(subscriptionId: string): string {
  return `is in the subscription ${subscriptionId}, and the gateway is created in another one; use one of the gateway's subscription`;
}

export function noCreatedAccountProblem(): string {
  return 'no backend is an account that this stack creates, so there is nothing to apply it to; add { "account": { … } } to backends, or remove it';
}

export function sameDeploymentProblem(name: string, first: number): string {
  return `"${name}" is already the name of deployments[${first}]; give each deployment a name of its own`;
}

export function samePrincipalProblem(id: string, first: number): string {
  return `"${id}" is already access.principals[${first}]; list each principal once`;
}

export function sameBackendNameProblem(name: string, first: number): string {
  return `"${name}" is already the name of backends[${first}]; give each backend a name of its own`;
}

export function sameListenerProblem(name: string, first: number): string {
  return `"${name}" is already the name of listeners[${first}]; give each listener a name of its own`;
}

/** Deployments of one account beside those of every account. */
export function deployedEverywhereProblem(name: string): string {
  return `"${name}" is already the name of one of deployments, which every account gets; rename one of them, or remove it here`;
}
