/** Accounts that the stack creates share one resource group. */
export function sameAccountNameProblem(name: string, first: number): string {
  return `"${name}" is already the name of the account of backends[${first}]; accounts of one resource group need different names`;
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

export function noCreatedAccountProblem(): string {
  return 'no backend is an account that this stack creates, so there is nothing to apply it to; add { "account": { … } } to backends, or remove it';
}

export function sameDeploymentProblem(name: string, first: number): string {
  return `"${name}" is already the name of deployments[${first}]; give each deployment a name of its own`;
}

export function samePrincipalProblem(id: string, first: number): string {
  return `"${id}" is already access.principals[${first}]; list each principal once`;
}
