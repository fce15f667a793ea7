/**
 * What a construct says when it refuses a prop: its path, the prop, and the words of the rule. Without `problem` any words
 * will do: those of the rules are pinned in test/rules.
 */
export function refusal(path: string, prop: string, problem?: string): Error | RegExp {
  const start = `${path}: ${prop}: `;
  return problem === undefined
    ? new RegExp(`^${start.replaceAll(/[.[\]]/g, "\\$&")}`)
    : new Error(`${start}${problem}`);
}
