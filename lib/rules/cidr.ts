import { isIPv4 } from "node:net";
import { type Problem, quote } from "./problem.js";

/** An IPv4 range in CIDR notation, parsed. */
export interface Cidr {
  /** The first address as a number. */
  readonly base: number;
  /** Bits of the network part, 0 to 32. */
  readonly prefixLength: number;
}

/** Azure reserves the first four addresses and the last one of every subnet. */
export const LEADING_RESERVED_ADDRESSES = 4;
export const RESERVED_ADDRESSES = LEADING_RESERVED_ADDRESSES + 1;

/** @see https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq */
export const SMALLEST_NETWORK_PREFIX_LENGTH = 2;
export const LARGEST_NETWORK_PREFIX_LENGTH = 29;

/** Ranges that a virtual network may not hold. */
const UNUSABLE = ["224.0.0.0/4", "255.255.255.255/32", "127.0.0.0/8", "169.254.0.0/16", "168.63.129.16/32"];

/** An IPv4 range such as `10.0.0.0/16` whose address is the range's first. */
export function cidrProblem(value: string): Problem {
  const cidr = split(value);
  if (!cidr) return `${quote(value)} is not an IPv4 range; write one in CIDR notation, such as "10.0.0.0/16"`;
  const first = baseOf(cidr);
  if (first === cidr.base) return undefined;
  return `${quote(value)} is not the first address of the range; write "${writtenAddress(first)}/${cidr.prefixLength}"`;
}

/** A range that Azure takes as the address space of a virtual network. */
export function addressSpaceProblem(value: string): Problem {
  const problem = cidrProblem(value);
  if (problem) return problem;
  const { prefixLength } = parseCidr(value);
  if (prefixLength < SMALLEST_NETWORK_PREFIX_LENGTH || prefixLength > LARGEST_NETWORK_PREFIX_LENGTH) {
    return `${quote(value)} has a size that Azure does not allow; use /${SMALLEST_NETWORK_PREFIX_LENGTH} to /${LARGEST_NETWORK_PREFIX_LENGTH}`;
  }
  const unusable = UNUSABLE.find((range) => overlap(range, value));
  return (
    unusable && `${quote(value)} overlaps ${unusable}, which Azure reserves; use a private range such as "10.0.0.0/16"`
  );
}

/** @throws TypeError when the text is not a CIDR range; check it with {@link cidrProblem} first. */
export function parseCidr(value: string): Cidr {
  const cidr = split(value);
  if (!cidr) throw new TypeError(`${quote(value)} is not an IPv4 range`);
  return cidr;
}

/** True when every address of `inner` is one of `outer`'s. */
export function contains(outer: string, inner: string): boolean {
  const [out, inn] = [endsOf(outer), endsOf(inner)];
  return out.first <= inn.first && inn.last <= out.last;
}

export function overlap(a: string, b: string): boolean {
  return endsMeet(endsOf(a), endsOf(b));
}

/** The first and the last address of a range, as numbers. */
export interface Ends {
  readonly first: number;
  readonly last: number;
}

/** @throws TypeError when the text is not a CIDR range. */
export function endsOf(range: string): Ends {
  const cidr = parseCidr(range);
  const first = baseOf(cidr);
  return { first, last: first + 2 ** (32 - cidr.prefixLength) - 1 };
}

/** {@link overlap} for ranges that are already parsed. */
export function endsMeet(a: Ends, b: Ends): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** How many hosts fit into a subnet, beside the addresses that Azure reserves. */
export function usableAddresses(prefixLength: number): number {
  return 2 ** (32 - prefixLength) - RESERVED_ADDRESSES;
}

/** The first subnet of a range, of the size `/prefixLength` or that of the range if it is smaller. */
export function firstSubnet(range: string, prefixLength: number): string {
  const cidr = parseCidr(range);
  return `${writtenAddress(baseOf(cidr))}/${Math.max(cidr.prefixLength, prefixLength)}`;
}

function split(value: string): Cidr | undefined {
  const [ip = "", bits = "", ...rest] = value.split("/");
  if (!isIPv4(ip) || !/^(\d|[12]\d|3[0-2])$/.test(bits) || rest.length > 0) return undefined;
  return { base: ip.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0), prefixLength: Number(bits) };
}

function baseOf({ base, prefixLength }: Cidr): number {
  const size = 2 ** (32 - prefixLength);
  return Math.floor(base / size) * size;
}

/** A number as an address: `10.0.0.1`. */
export function writtenAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
