import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type FirewallExclusion, type FirewallRuleOverride } from "../../lib/rules/firewall.js";

/** Where Debian's package keeps the rules. */
export const RULES = "/usr/share/modsecurity-crs/rules";
/** nginx's module, from the same distribution. */
export const MODULE = "/usr/lib/nginx/modules/ngx_http_modsecurity_module.so";

/** The core rule set's numbers of what Azure groups by name. Microsoft's own groups have no counterpart in it. */
const NUMBERS: Readonly<Record<string, number>> = {
  "PROTOCOL-ENFORCEMENT": 920,
  "PROTOCOL-ATTACK": 921,
  LFI: 930,
  RFI: 931,
  RCE: 932,
  PHP: 933,
  NODEJS: 934,
  XSS: 941,
  SQLI: 942,
  FIX: 943,
  JAVA: 944,
};

/** The group that a rule of the core rule set would be in on Azure. */
export function groupOf(rule: string): string | undefined {
  return Object.keys(NUMBERS).find((group) => rule.startsWith(`${NUMBERS[group]}`));
}

/** Ids of the rules that look at requests. */
function rulesOf(group: string): string[] {
  const files = readdirSync(RULES).filter((file) => file.startsWith(`REQUEST-${NUMBERS[group]}-`));
  const text = files.map((file) => readFileSync(join(RULES, file), "utf8")).join("\n");
  return [...text.matchAll(/^\s*"?id:(\d+)/gm)].map(([, id = ""]) => id);
}

/**
 * The configuration of a firewall with the core rule set and a policy's exclusions. Paranoia level 2 has more rules than
 * Azure's set, whose own SQL rules took the place of some of them.
 */
export function firewallRules(
  exclusions: readonly FirewallExclusion[],
  overrides: readonly FirewallRuleOverride[],
): string {
  return [
    "SecRuleEngine On",
    "SecRequestBodyAccess On",
    "SecRequestBodyLimit 8388608",
    "SecRequestBodyNoFilesLimit 8388608",
    "SecUnicodeMapFile /etc/nginx/unicode.mapping 20127",
    `SecRule REQUEST_HEADERS:Content-Type "^application/json" "id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON"`,
    "Include /etc/modsecurity/crs/crs-setup.conf",
    `SecAction "id:2,phase:1,pass,nolog,setvar:tx.paranoia_level=2"`,
    `SecAction "id:3,phase:1,pass,nolog,setvar:'tx.allowed_methods=GET HEAD POST OPTIONS PUT PATCH DELETE'"`,
    `Include ${RULES}/*.conf`,
    // The server of this test has an address and no name, which says nothing about prompts.
    "SecRuleRemoveById 920350",
    // A rule that only logs has no say here, as one that is disabled.
    ...overrides.flatMap(({ rules }) => rules).map((id) => `SecRuleRemoveById ${id}`),
    ...exclusions.flatMap(({ selector, ruleGroups }) =>
      ruleGroups
        .flatMap(rulesOf)
        .map((id) => `SecRuleUpdateTargetById ${id} "!ARGS:/${selector.replaceAll(".", "\\.")}/"`),
    ),
    "",
  ].join("\n");
}
