import * as pool from "../../lib/rules/pool.js";

test.each([
  [
    pool.sameAccountNameProblem("third", 1),
    '"third" is already the name of the account of backends[1]; give each account that the stack creates a name of its own',
  ],
  [
    pool.sameHostNameProblem("a.openai.azure.com", 0),
    '"a.openai.azure.com" is already the host name of backends[0]; list each endpoint once',
  ],
  [
    pool.sameAccountProblem("/subscriptions/…", 0),
    "is already the account of backends[0], and an account has one quota; list each account once",
  ],
  [
    pool.noCreatedAccountProblem(),
    'no backend is an account that this stack creates, so there is nothing to apply it to; add { "account": { … } } to backends, or remove it',
  ],
  [
    pool.existingHomeGroupProblem("rg"),
    '"rg" is the existing group of the gateway, which cannot be created; write { "existing": "rg" }, or leave resourceGroup out',
  ],
  [
    pool.otherSubscriptionProblem("0000"),
    "is in the subscription 0000, and the gateway is created in another one; use one of the gateway's subscription",
  ],
  [pool.emptyPoolProblem(), "every backend is drained, so the pool would be empty; leave at least one in it"],
  [
    pool.noAccountForDeploymentsProblem(),
    'no backend is an account that this stack creates, so there is nothing to deploy them to; add { "account": { … } } to backends, or remove deployments',
  ],
  [
    pool.sameDeploymentProblem("chat", 0),
    '"chat" is already the name of deployments[0]; give each deployment a name of its own',
  ],
  [pool.samePrincipalProblem("x", 0), '"x" is already access.principals[0]; list each principal once'],
])("%s", (problem, words) => {
  expect(problem).toBe(words);
});
