/**
 * A text as Terraform passes it on: composed (NFC). Lengths are measured and texts are compared in this form, in which some
 * letters are longer than they were written.
 * @see https://developer.hashicorp.com/terraform/language/expressions/types#string
 */
export function composed(text: string): string {
  return text.normalize("NFC");
}

/** Whether Azure takes two texts for one name: it ignores case. */
export function isSameName(one: string, other: string): boolean {
  return composed(one).toLowerCase() === composed(other).toLowerCase();
}

/** Bytes of the composed text in UTF-8, which is what the azurerm provider measures. */
export function byteLength(text: string): number {
  return Buffer.byteLength(composed(text));
}

/** Characters of the composed text. An emoji is one, where JavaScript's `length` counts two. */
export function characterLength(text: string): number {
  return [...composed(text)].length;
}
