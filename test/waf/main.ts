/**
 * `npm run test:waf`: prompts, and attacks beside them, go through nginx with ModSecurity and OWASP's core rule set 3.3.4, with
 * the exclusions of the policy that FirewallPolicy creates. Azure's managed rule set is built on 3.3.2 of the same rules.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import {
  DEFAULT_PROMPT_FIELDS,
  PROMPT_RULE_GROUPS,
  promptExclusions,
  RULE_OVERRIDES,
} from "../../lib/rules/firewall.js";
import { firewallRules, groupOf, MODULE, RULES } from "./core-rule-set.js";
import { Firewall } from "./firewall.js";
import { PROMPTS } from "./prompts.js";
import { ATTACKS, ORDINARY, type Sample, withPrompt } from "./requests.js";

interface Judged {
  readonly sample: Sample;
  readonly status: number;
  readonly rules: readonly string[];
}

async function judgeAll(rules: string, samples: readonly Sample[]): Promise<Judged[]> {
  const firewall = await Firewall.start(rules);
  try {
    const judged: Judged[] = [];
    for (const sample of samples) judged.push({ sample, ...(await firewall.judge(sample)) });
    return judged;
  } finally {
    await firewall.stop();
  }
}

const labels = (judged: readonly Judged[]) =>
  judged.map(
    ({ sample, status, rules }) => `${sample.name}: ${status} ${rules.join(" ")} ${sample.body?.slice(0, 150) ?? ""}`,
  );

async function main(): Promise<void> {
  const prompts = Object.values(PROMPTS).flat();

  // Without exclusions, to see that the prompts are of the kind that is taken for attacks, and which groups do so.
  const plain = await judgeAll(
    firewallRules([], []),
    prompts.flatMap((text) => withPrompt(text).slice(0, 1)),
  );
  const blocked = plain.filter(({ status }) => status === 403).length;
  const groups = new Set(plain.flatMap(({ rules }) => rules.flatMap((rule) => groupOf(rule) ?? [])));
  console.log(
    `without exclusions: ${blocked} of ${prompts.length} prompts are blocked, by ${[...groups].sort().join(", ")}`,
  );
  assert.ok(blocked > prompts.length / 2, "most prompts are taken for attacks");
  const tested = PROMPT_RULE_GROUPS.filter((group) => !group.startsWith("MS-"));
  assert.deepEqual(
    [...tested].filter((group) => !groups.has(group)),
    [],
    "each excluded group takes prompts for attacks",
  );

  const rules = firewallRules(promptExclusions(DEFAULT_PROMPT_FIELDS), RULE_OVERRIDES);
  const passing = await judgeAll(rules, [...prompts.flatMap((text) => withPrompt(text)), ...ORDINARY]);
  assert.deepEqual(labels(passing.filter(({ status }) => status !== 200)), []);
  console.log(`with the policy's exclusions: ${passing.length} requests of ${withPrompt("").length} kinds pass`);

  const attacks = await judgeAll(rules, ATTACKS);
  assert.deepEqual(labels(attacks.filter(({ status }) => status !== 403)), []);
  console.log(`${attacks.length} attacks beside the prompt are blocked`);
}

if ([RULES, MODULE].every((path) => existsSync(path))) void main();
else {
  console.error(
    "ModSecurity is not installed; on Debian: apt-get install nginx libnginx-mod-http-modsecurity modsecurity-crs",
  );
  process.exitCode = 1;
}
