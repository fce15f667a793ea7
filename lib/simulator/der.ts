/** The parts of ASN.1's Distinguished Encoding Rules (X.690) that a certificate is made of. */
const BOOLEAN = 0x01;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;
const CONTEXT = 0x80;
const CONSTRUCTED = 0x20;

export const TRUE = encode(BOOLEAN, Buffer.of(0xff));

export function sequence(...members: readonly Buffer[]): Buffer {
  return encode(SEQUENCE, ...members);
}

export function set(...members: readonly Buffer[]): Buffer {
  return encode(SET, ...members);
}

/** A number that is not negative: its bytes, the most significant first. */
export function unsignedInteger(bytes: Buffer): Buffer {
  const first = bytes[0] ?? 0;
  return encode(INTEGER, first > 0x7f ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

export function bitString(bytes: Buffer): Buffer {
  return encode(BIT_STRING, Buffer.of(0), bytes);
}

export function octetString(content: Buffer): Buffer {
  return encode(OCTET_STRING, content);
}

export function utf8String(text: string): Buffer {
  return encode(UTF8_STRING, Buffer.from(text));
}

/** `1.2.840.10045.4.3.2` */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return encode(OBJECT_IDENTIFIER, Buffer.from([40 * first + second, ...rest].flatMap(base128)));
}

/** A time before 2050, to the second. */
export function utcTime(time: Date): Buffer {
  const digits = time.toISOString().replaceAll(/\.\d+|\D/g, "");
  return encode(UTC_TIME, Buffer.from(`${digits.slice(2)}Z`));
}

/** `[number]` around other elements. */
export function explicit(number: number, content: Buffer): Buffer {
  return encode(CONTEXT + CONSTRUCTED + number, content);
}

/** `[number]` in the place of a string's own tag. */
export function implicit(number: number, bytes: Buffer): Buffer {
  return encode(CONTEXT + number, bytes);
}

function encode(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content)]), content]);
}

/** One byte up to 127; above, the number of bytes that follow and these. */
function lengthOf({ length }: Buffer): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>= 8) bytes.unshift(rest & 0xff);
  return [0x80 + bytes.length, ...bytes];
}

/** Seven bits a byte; all but the last have the eighth set. */
function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift(0x80 + (rest & 0x7f));
  return bytes;
}
