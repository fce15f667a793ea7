import { isIPv4 } from "node:net";
import { cidrProblem, contains, endsOf, LEADING_RESERVED_ADDRESSES, parseCidr, writtenAddress } from "./cidr.js";
import { type Problem, quote } from "./problem.js";

/** An IPv4 address. */
export function ipAddressProblem(value: string): Problem {
  if (isIPv4(value)) return undefined;
  return `${quote(value)} is not an IPv4 address; write one such as "10.0.0.254", without a prefix length`;
}

/** An address that a gateway takes for its private frontend. */
export function addressInSubnetProblem(value: string, subnet: string): Problem {
  const { first, last } = endsOf(subnet);
  const [low, high] = [first + LEADING_RESERVED_ADDRESSES, last - 1];
  const at = endsOf(`${value}/32`).first;
  if (at >= low && at <= high) return undefined;
  const range = `${writtenAddress(low)} to ${writtenAddress(high)}`;
  return at >= first && at <= last
    ? `${quote(value)} is reserved by Azure in every subnet; choose one from ${range}`
    : `${quote(value)} is outside the gateway's subnet ${subnet}; choose one from ${range}`;
}

/**
 * The address of a private frontend where none is given: the last one that can be used, as instances take theirs from the
 * beginning.
 * @see https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure#size-of-the-subnet
 */
export function defaultFrontendAddress(subnet: string): string {
  return writtenAddress(endsOf(subnet).last - 1);
}

/** Ranges of private networks, which the network rules of an account do not take. */
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/**
 * A public address or range that requests come from, as the network rules of accounts take them.
 * @see https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks#grant-access-from-an-internet-ip-range
 */
export function publicAddressOrRangeProblem(value: string): Problem {
  const range = isIPv4(value) ? `${value}/32` : value;
  const problem = cidrProblem(range);
  if (problem !== undefined)
    return value.includes("/")
      ? problem
      : `${quote(value)} is not an IPv4 address or range; write one such as "203.0.113.7" or "203.0.113.0/24"`;
  const privateRange = PRIVATE_RANGES.find((wide) => contains(wide, range));
  if (privateRange !== undefined)
    return `${quote(value)} is in the private range ${privateRange}, and accounts see public addresses only; write a public address or range`;
  if (!isIPv4(value) && parseCidr(value).prefixLength > 30)
    return `${quote(value)} is a range that the network rules of an account do not take; write its addresses one by one, without a prefix length`;
  return undefined;
}

/**
 * Addresses and ranges in the network rules of an account.
 * @see https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks#managing-ip-network-rules
 */
export const MAX_ACCOUNT_IP_RULES = 100;

/** More addresses and ranges than the network rules of an account take. */
export function tooManyIpRulesProblem(count: number): string {
  return `${count} addresses and ranges are too many; the network rules of an account take ${MAX_ACCOUNT_IP_RULES}; use wider ranges`;
}
