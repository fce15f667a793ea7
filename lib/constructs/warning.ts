import { Annotations } from "cdktf";
import { type IConstruct } from "constructs";

/** A warning on a construct, once however often the app is synthesized. */
export function warn(scope: IConstruct, warning: string): void {
  const message = readable(warning);
  if (!scope.node.metadata.some(({ data }) => data === message)) Annotations.of(scope).addWarning(message);
}

/**
 * Warnings that depend on later calls, found when the app is synthesized.
 *
 * They are found while the construct is validated: an aspect is kept under a symbol of the copy of CDKTF that adds it, and a
 * linked package has a copy of its own, whose aspects the app does not see.
 */
export function warnAtSynth(scope: IConstruct, warnings: () => readonly string[]): void {
  scope.node.addValidation({
    validate: () => {
      for (const warning of warnings()) warn(scope, warning);
      return [];
    },
  });
}

/** A message without CDKTF's marks for values that are known only after apply: they mean nothing to people. */
export function readable(message: string, unknown = "(known after apply)"): string {
  return message.replaceAll(/[$#&]\{TfToken\[[^\]]*\]\}|-\d(?:\.\d+)?e\+2\d\d/g, unknown);
}
