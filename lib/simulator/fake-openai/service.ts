import { type Account, type Deployment } from "./account.js";
import { type Answer } from "./answer.js";
import { type ModelOperation, OPERATION_IDS, type OperationRequest } from "./operation.js";
import { chatCompletions } from "./operations/chat-completions.js";
import { embeddings } from "./operations/embeddings.js";
import { files } from "./operations/files.js";
import { audioTranscriptions, imageGenerations } from "./operations/media.js";
import { models } from "./operations/models.js";
import { createResponse, storedResponse } from "./operations/responses.js";
import { type ParsedBody } from "./request-body.js";
import { type Route } from "./route.js";
import { ServiceError } from "./service-error.js";
import { countTokens } from "./text.js";

/** A request that runs a model, let in by its deployment's limits, or one that reads what the account holds. */
export interface ServiceCall {
  readonly deployment?: Deployment;
  readonly run: () => Answer;
}

/** What the account would do: looks up the deployment, leaves its limits to the caller. */
export function serviceCall(account: Account, method: string, route: Route, parsed: ParsedBody): ServiceCall {
  const request: OperationRequest = { account, method, rest: route.rest, ...parsed };
  switch (route.operation) {
    case "models":
      return { run: () => models(request) };
    case "files":
      return { run: () => files(request) };
    case "responses":
      if (route.rest.length > 0) return { run: () => storedResponse(request) };
      return modelCall(createResponse, request, route);
    case "chat/completions":
      return modelCall(chatCompletions, request, route);
    case "embeddings":
      return modelCall(embeddings, request, route);
    case "images/generations":
      return modelCall(imageGenerations, request, route);
    case "audio/transcriptions":
      return modelCall(audioTranscriptions, request, route);
  }
}

/** @throws ServiceError 429 as Azure OpenAI words it */
export function admit(deployment: Deployment, route: Route, { body }: ParsedBody): void {
  const admission = deployment.rateLimit.admit(estimateTokens(body));
  if (admission.admitted) return;
  const seconds = Math.ceil(admission.retryAfterMilliseconds / 1_000);
  throw ServiceError.tooManyRequests(
    `Requests to the ${OPERATION_IDS[route.operation]} Operation under Azure OpenAI API version ${route.apiVersion ?? "v1"} ` +
      `have exceeded ${admission.limit} rate limit of your current OpenAI S0 pricing tier. Please retry after ${seconds} seconds. ` +
      "Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.",
    admission.retryAfterMilliseconds,
  );
}

function modelCall(operation: ModelOperation, request: OperationRequest, route: Route): ServiceCall {
  if (request.method !== "POST" || route.rest.length > 0) throw ServiceError.resourceNotFound();
  const name = route.deployment ?? request.body["model"];
  if (typeof name !== "string") {
    throw ServiceError.invalidRequest("Missing required parameter: 'model'.", "model", "missing_required_parameter");
  }
  const deployment = request.account.deployment(name);
  return { deployment, run: () => operation({ ...request, deployment }) };
}

/** The prompt and the most that the model may write, as Azure counts a request before it runs it. */
function estimateTokens(body: Readonly<Record<string, unknown>>): number {
  const limit = body["max_completion_tokens"] ?? body["max_tokens"] ?? body["max_output_tokens"];
  const prompt = body["messages"] ?? body["input"] ?? body["prompt"] ?? "";
  return countTokens(prompt) + (typeof limit === "number" && limit > 0 ? limit : DEFAULT_MAX_TOKENS);
}

/** What the estimate takes where the caller sets no limit. */
const DEFAULT_MAX_TOKENS = 16;
