type Attributes = Readonly<Record<string, string | boolean | number>>;

/** An element with attributes and children; text is never read as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const created = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) created.setAttribute(name, value === true ? "" : String(value));
  }
  created.append(...children);
  return created;
}

/** The part of the page with this id. */
export function part(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no part ${id}`);
  return found;
}

/** Changes a text only where it is another: what is selected stays selected, and nothing is announced again. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** A colour of the scheme that the browser is in. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Of the backend with this number: also in page.css. */
export const SERIES_COLOURS = 8;

export function seriesName(index: number): string {
  return `series-${index % SERIES_COLOURS}`;
}

/** `my-aoai-eastus` and `.openai.azure.com`. */
export function splitName(fqdn: string): [label: string, rest: string] {
  const dot = /^[\d.]+$/.test(fqdn) ? -1 : fqdn.indexOf(".");
  return dot < 0 ? [fqdn, ""] : [fqdn.slice(0, dot), fqdn.slice(dot)];
}
