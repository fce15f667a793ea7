/** Markup that is finished: put into other markup as it is. */
export class Html {
  constructor(readonly text: string) {}
}

type Content = Html | string | number | readonly (Html | string | number)[];

/** Markup with everything that is put into it escaped, unless it is markup itself. For HTML and SVG, in attributes too. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(parts.reduce((text, part, at) => text + render(contents[at - 1] ?? "") + part));
}

function render(content: Content): string {
  if (content instanceof Html) return content.text;
  if (typeof content === "string" || typeof content === "number") return escape(String(content));
  return content.map(render).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
