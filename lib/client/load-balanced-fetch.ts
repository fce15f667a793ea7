import { Call } from "./call.js";
import { type Endpoint } from "./endpoint.js";
import { EndpointPool, type EndpointSnapshot } from "./endpoint-pool.js";
import { checkedOptions, type FetchFunction, type LoadBalancedFetchOptions } from "./options.js";
import { isRequest, readRequest } from "./request.js";
import { StickyIds } from "./sticky.js";

/** A `fetch` over several endpoints. */
export interface LoadBalancedFetch extends FetchFunction {
  /** How the endpoints stand now; plain data, without credentials. */
  snapshot(): EndpointSnapshot[];
}

/**
 * Makes a `fetch` that spreads requests over Azure OpenAI endpoints and moves on to the next one where one
 * throttles or fails. Of a request's URL only what follows from `/openai` on is used; credentials that the
 * caller sets are replaced by the endpoint's own.
 *
 * It rejects as `fetch` does: with the abort reason of the caller's signal; with {@link EndpointsUnreachableError}
 * where no endpoint gave an HTTP answer; with {@link DeadlineError} after the deadline. Where HTTP has an answer,
 * that is what the caller gets.
 *
 * @throws InvalidOptionError for options that cannot work.
 * @example
 * const fetch = createLoadBalancedFetch({
 *   endpoints: [
 *     { url: "https://east.openai.azure.com", apiKey: process.env.EAST_KEY },
 *     { url: "https://west.openai.azure.com", apiKey: process.env.WEST_KEY },
 *   ],
 * });
 */
export function createLoadBalancedFetch(options: LoadBalancedFetchOptions): LoadBalancedFetch {
  const checked = checkedOptions(options);
  const pool = new EndpointPool(checked.endpoints);
  const sticky = new StickyIds<Endpoint>();
  const balancedFetch: FetchFunction = async (input, init) => {
    if (!isRequest(input) && OTHER_SCHEME.test(String(input))) return checked.fetch(input, init);
    const started = checked.now();
    const request = await readRequest(input, init, checked.maxBufferedBodyBytes);
    return new Call(request, pool.states(request.deployment), sticky, checked, started).run();
  };
  return Object.assign(balancedFetch, { snapshot: () => pool.snapshot(checked.now()) });
}

/** The openai SDK asks for `data:,` before its first upload, to see whose Response class it will get. */
const OTHER_SCHEME = /^(?!https?:)[a-z][a-z\d+.-]*:/i;
