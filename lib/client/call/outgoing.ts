import { type Endpoint } from "../endpoints/endpoint.js";
import { type JsonString } from "../request/body-facts.js";
import { type Body, type BodyContent } from "../request/body.js";
import { type BalancedRequest } from "../request/request.js";
import { withApiVersion, withDeployment } from "../request/route.js";

/** What to send to an endpoint; the caller of this adds credentials and the signal, in place. */
export interface OutgoingRequest {
  readonly url: string;
  readonly init: RequestInit & { readonly headers: Record<string, string>; duplex?: "half" };
}

export function outgoingRequest(request: BalancedRequest, endpoint: Endpoint): OutgoingRequest {
  const { method, headers, body, deployment } = request;
  const actual = deployment === undefined ? undefined : endpoint.deployments?.get(deployment);
  const inPath = request.deploymentPlace === "path";
  const init: OutgoingRequest["init"] = {
    ...request.init,
    method,
    headers: { ...headers },
    // A redirect that is followed would carry the credential to whatever place it names.
    redirect: "manual",
  };
  const content = contentOf(body, inPath ? undefined : actual, request.facts.model);
  if (content !== undefined) init.body = content;
  if (body.kind === "stream") init.duplex = "half";
  let { path } = request;
  if (inPath && actual !== undefined) path = withDeployment(path, actual);
  if (endpoint.apiVersion !== undefined) path = withApiVersion(path, endpoint.apiVersion);
  return { url: endpoint.base + path, init };
}

function contentOf(body: Body, model: string | undefined, place: JsonString | undefined): BodyContent | undefined {
  switch (body.kind) {
    case "none":
      return undefined;
    case "json":
      return model === undefined || place === undefined ? body.text : spliced(body.text, place, model);
    case "form":
      return model === undefined ? body.form : formWithModel(body.form, model);
    case "opaque":
    case "stream":
      return body.content;
  }
}

/** The text with that string's value replaced, and every other character kept. */
function spliced(json: string, { start, end }: JsonString, value: string): string {
  return json.slice(0, start) + JSON.stringify(value) + json.slice(end);
}

function formWithModel(form: FormData, model: string): FormData {
  // Of its own kind, which is the one that the caller's fetch knows.
  const copy = new (form.constructor as typeof FormData)();
  for (const [name, value] of form) {
    if (name === "model") copy.append(name, model);
    else if (typeof value === "string") copy.append(name, value);
    else copy.append(name, value, value.name);
  }
  return copy;
}
