import { randomUUID } from "node:crypto";
import { type IncomingHttpHeaders } from "node:http";
import { type Account, type Deployment } from "./account.js";
import { type Answer, jsonAnswer } from "./answer.js";
import { type Authentication, type Caller } from "./authentication.js";
import { type ModelOperation, OPERATION_IDS, type OperationRequest } from "./operation.js";
import { chatCompletions } from "./operations/chat-completions.js";
import { embeddings } from "./operations/embeddings.js";
import { files } from "./operations/files.js";
import { audioTranscriptions, imageGenerations } from "./operations/media.js";
import { models } from "./operations/models.js";
import { createResponse, storedResponse } from "./operations/responses.js";
import { type Refusal } from "./rate-limit.js";
import { parseRequestBody } from "./request-body.js";
import { type OperationName, type Route, routeOf } from "./route.js";
import { ServiceError } from "./service-error.js";
import { countTokens } from "./text.js";

export interface ServiceProps {
  readonly account: Account;
  readonly authentication: Authentication;
  readonly region: string;
  /** That the legacy API answers to. */
  readonly apiVersions: readonly string[];
}

export interface ServiceRequest {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** To be thrown where the model would run: a failed request has used its share of the limits too. */
  readonly failure: ServiceError | undefined;
}

/** The answer, and how far the request came on the way to it. */
export interface Outcome {
  answer: Answer;
  readonly headers: Record<string, string>;
  caller?: Caller;
  deployment?: string;
  body?: unknown;
}

/** From a request to its answer: route, caller, deployment, limits, operation. Knows nothing of sockets. */
export class Service {
  constructor(private readonly props: ServiceProps) {}

  async answer(request: ServiceRequest): Promise<Outcome> {
    const outcome: Outcome = { answer: jsonAnswer({}), headers: { "apim-request-id": randomUUID() } };
    try {
      outcome.answer = await this.run(request, outcome);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      outcome.answer = jsonAnswer(error.body, error.status);
      Object.assign(outcome.headers, error.headers);
    }
    return outcome;
  }

  private async run(request: ServiceRequest, outcome: Outcome): Promise<Answer> {
    const { account, authentication, region, apiVersions } = this.props;
    const { headers } = outcome;
    const route = routeOf(
      request.path,
      new URLSearchParams(request.query).get("api-version") ?? undefined,
      apiVersions,
    );
    outcome.caller = authentication.authenticate(request.headers);
    headers["x-ms-region"] = region;
    const parsed = await parseRequestBody(request.headers["content-type"], request.bytes);
    outcome.body = parsed.body;
    const { deployment, run } = callOf(route, { account, method: request.method, rest: route.rest, ...parsed });
    if (deployment !== undefined) {
      outcome.deployment = deployment.name;
      headers["x-ms-deployment-name"] = deployment.name;
      const admission = deployment.rateLimit.admit(estimateTokens(route.operation, parsed.body));
      Object.assign(headers, deployment.rateLimit.headers());
      if (!admission.admitted) throw limitExceeded(admission, route);
    }
    if (request.failure !== undefined) throw request.failure;
    const answer = run();
    headers["x-request-id"] = randomUUID();
    if (deployment !== undefined) headers["azureml-model-session"] = MODEL_SESSION;
    return answer;
  }
}

const MODEL_SESSION = "v20261001-1-simulated";

/** What a route does, and the deployment that it does it with if it runs a model. */
interface Call {
  readonly deployment?: Deployment;
  readonly run: () => Answer;
}

function callOf(route: Route, request: OperationRequest): Call {
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

function modelCall(operation: ModelOperation, request: OperationRequest, route: Route): Call {
  if (request.method !== "POST" || route.rest.length > 0) throw ServiceError.resourceNotFound();
  const name = route.deployment ?? request.body["model"];
  if (typeof name !== "string") {
    throw ServiceError.invalidRequest("Missing required parameter: 'model'.", "model", "missing_required_parameter");
  }
  const deployment = request.account.deployment(name);
  return { deployment, run: () => operation({ ...request, deployment }) };
}

/** What the estimate takes where the caller sets no limit. */
const DEFAULT_MAX_TOKENS = 16;

/** The prompt and the most that the model may write, as Azure counts a request before it runs it. */
function estimateTokens(operation: OperationName, body: Readonly<Record<string, unknown>>): number {
  const prompt = countTokens(body["messages"] ?? body["input"] ?? body["prompt"] ?? "");
  if (operation !== "chat/completions" && operation !== "responses") return prompt;
  const limit = body["max_completion_tokens"] ?? body["max_tokens"] ?? body["max_output_tokens"];
  return prompt + (typeof limit === "number" && limit > 0 ? limit : DEFAULT_MAX_TOKENS);
}

/** As Azure OpenAI words it. */
function limitExceeded(
  { limit, retryAfterMilliseconds }: Refusal,
  { operation, apiVersion = "v1" }: Route,
): ServiceError {
  return ServiceError.tooManyRequests(
    `Requests to the ${OPERATION_IDS[operation]} Operation under Azure OpenAI API version ${apiVersion} have exceeded ` +
      `${limit} rate limit of your current OpenAI S0 pricing tier. ` +
      `Please retry after ${Math.ceil(retryAfterMilliseconds / 1_000)} seconds. ` +
      "Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.",
    retryAfterMilliseconds,
  );
}
