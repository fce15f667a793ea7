/**
 * A text as Azure gets it. Terraform composes every text and every key by Unicode's NFC, so what is typed as `e` and an
 * accent arrives as one character, and some characters arrive as two.
 * @see https://pkg.go.dev/github.com/zclconf/go-cty/cty#NormalizeString
 */
export function composed(value: string): string {
  return value.normalize("NFC");
}

/** Bytes in UTF-8, once composed: what the azurerm provider measures. */
export function byteLength(value: string): number {
  return Buffer.byteLength(composed(value));
}

/** Characters, once composed: what X.509 and most of Azure's limits count. An emoji is one, not two as in JavaScript. */
export function characterLength(value: string): number {
  return [...composed(value)].length;
}

/** Names that Azure takes for one, as it ignores case, have one key. */
export function nameKey(value: string): string {
  return composed(value).toLowerCase();
}
