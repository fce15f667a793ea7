/** The keywords of the JSON Schema that the page shows. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly description?: string;
}

interface Section {
  /** Where the object is in the file: `listener.certificate`; empty for the file itself. */
  readonly path: string;
  readonly schema: Schema;
}

const COLUMNS = ["field", "value", "meaning", "default"];
const END = "<!-- end of the fields -->";
/** Above this, a limit says nothing. */
const LARGEST_INTEGER = 2 ** 31 - 1;

/**
 * A page whose tables of fields are those of the schema; the text around the tables stays. An object that the page does not
 * have gets a section after the one before it.
 */
export function configurationPage(page: string, schema: object): string {
  const text = page.replaceAll("\r\n", "\n");
  const sections = sectionsOf({ path: "", schema });
  let place = 0;
  let written = "";
  for (const section of sections) {
    const start = text.indexOf(startOf(section));
    if (start < 0) {
      const nextHeading = text.indexOf("\n##", place);
      const end = nextHeading < 0 ? text.length : nextHeading;
      written += `${text.slice(place, end)}\n### \`${section.path}\`\n\n${block(section)}\n`;
      place = end;
      continue;
    }
    written += `${text.slice(place, start)}${block(section)}`;
    place = text.indexOf(END, start) + END.length;
  }
  return written + text.slice(place);
}

/** An object and the objects in it, in the order of the file. */
function sectionsOf({ path, schema }: Section): Section[] {
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const found = schemaOfObject(member);
    return found ? sectionsOf({ path: path === "" ? name : `${path}.${name}`, schema: found }) : [];
  });
  return [{ path, schema }, ...inner];
}

/** An object with fields of its own, or that of a list. */
function schemaOfObject(schema: Schema): Schema | undefined {
  const object = schema.items ?? schema;
  return object.properties && object;
}

function startOf({ path }: Section): string {
  return `<!-- fields of ${path || "the file"} -->`;
}

function block(section: Section): string {
  const fields = Object.entries(section.schema.properties ?? {}).filter(([name]) => name !== "$schema");
  const rows = fields.map(([name, field]) => row(section, name, field));
  return [startOf(section), "", ...table([COLUMNS, ...rows]), "", END].join("\n");
}

/** A description ends with the default where that is not a value: "…; default: one is created". */
function row({ path, schema }: Section, name: string, field: Schema): string[] {
  const { meaning = "", otherwise } =
    /^(?<meaning>.*?)(?:(?:^D|; d)efault: (?<otherwise>.*))?$/s.exec(field.description ?? "")?.groups ?? {};
  const anchor = `#${`${path}${name}`.replaceAll(".", "").toLowerCase()}`;
  return [
    `\`${name}\``,
    valueOf(field, anchor),
    escaped(meaning),
    schema.required?.includes(name) ? "required" : escaped(otherwise ?? "") || defaultOf(field.default),
  ];
}

function valueOf(field: Schema, anchor: string): string {
  if (field.anyOf) return field.anyOf.map((option) => valueOf(option, anchor)).join(", or ");
  if (field.enum) return field.enum.map(code).join(", ");
  switch (field.type) {
    case "object":
      return field.properties ? `[object](${anchor})` : "an object of texts";
    case "array": {
      const { minItems = 0, maxItems } = field;
      const length = maxItems === undefined ? "" : `${minItems} to ${maxItems} `;
      return field.items?.properties ? `${length}[objects](${anchor})` : `list of ${length}texts`;
    }
    case "integer":
      return field.maximum === LARGEST_INTEGER ? `${field.minimum} or more` : `${field.minimum} to ${field.maximum}`;
    case "boolean":
      return "`true`, `false`";
    default:
      return "text";
  }
}

function defaultOf(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return "none";
  if (typeof value === "object" && !Array.isArray(value)) return "those of its fields";
  return code(typeof value === "string" ? value : JSON.stringify(value));
}

function code(value: string): string {
  return `\`${value}\``;
}

/** Text in a cell, in which Markdown sees no mark-up. */
function escaped(text: string): string {
  return text.replaceAll(/[|<*]/g, String.raw`\$&`);
}

/** A table as Prettier formats it. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? "").length)));
  const lines = rows.map((cells) => `| ${widths.map((width, n) => (cells[n] ?? "").padEnd(width)).join(" | ")} |`);
  const [head = "", ...body] = lines;
  return [head, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body];
}
