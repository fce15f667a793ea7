import { randomUUID } from "node:crypto";
import { type IncomingHttpHeaders } from "node:http";
import { type Account, type Deployment } from "./account.js";
import { type Answer, jsonAnswer } from "./answer.js";
import { type Authentication, type Caller } from "./authentication.js";
import { checkModelKind } from "./model-kind.js";
import { type ModelOperation, OPERATION_IDS, type OperationRequest } from "./operation.js";
import { chatCompletions } from "./operations/chat-completions.js";
import { conversations } from "./operations/conversations.js";
import { embeddings } from "./operations/embeddings.js";
import { files } from "./operations/files.js";
import { audioTranscriptions, imageGenerations } from "./operations/media.js";
import { createMessage } from "./operations/messages.js";
import { models } from "./operations/models.js";
import { createResponse } from "./operations/responses.js";
import { storedResponse } from "./operations/stored-responses.js";
import { type Refusal } from "./rate-limit.js";
import { parseRequestBody } from "./request-body.js";
import { type Route, routeOf } from "./route.js";
import { ServiceError } from "./service-error.js";
import { estimateTokens } from "./token-estimate.js";

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
  /** Of the deployment that answers, or refuses. */
  rateLimitHeaders: Readonly<Record<string, string>>;
  caller?: Caller;
  deployment?: string;
  body?: unknown;
}

/** From a request to its answer: route, caller, deployment, limits, operation. Knows nothing of sockets. */
export class Service {
  constructor(private readonly props: ServiceProps) {}

  async answer(request: ServiceRequest): Promise<Outcome> {
    const { [CLIENT_REQUEST_ID]: clientId } = request.headers;
    const headers = {
      "apim-request-id": randomUUID(),
      [CLIENT_REQUEST_ID]: typeof clientId === "string" ? clientId : randomUUID(),
    };
    const outcome: Outcome = { answer: jsonAnswer({}), headers, rateLimitHeaders: {} };
    try {
      outcome.answer = await this.run(request, outcome);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      outcome.answer = jsonAnswer(error.body, error.status);
      Object.assign(outcome.headers, error.headers);
    }
    Object.assign(outcome.headers, outcome.rateLimitHeaders);
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
    const { method, headers: sent } = request;
    const operation = { account, method, headers: sent, rest: route.rest, ...parsed };
    const model = modelOperationOf(route);
    const answer =
      model === undefined
        ? runAccountOperation(route, operation, request.failure)
        : this.runModel(model, { route, operation, request, outcome });
    headers["x-request-id"] = randomUUID();
    return answer;
  }

  /** On the deployment that the request names; where that one refuses, on the one that it may spill over to. */
  private runModel(model: ModelOperation, call: ModelCall): Answer {
    const { route, operation, request, outcome } = call;
    const { account } = this.props;
    if (operation.method !== "POST" || route.rest.length > 0) throw ServiceError.resourceNotFound();
    const name = route.deployment ?? operation.body["model"];
    if (typeof name !== "string") {
      throw ServiceError.invalidRequest("Missing required parameter: 'model'.", "model", "missing_required_parameter");
    }
    const deployment = account.deployment(name);
    try {
      return runOn(deployment, model, call, request.failure);
    } catch (error) {
      const spillover = request.headers[SPILLOVER_HEADER];
      if (!(error instanceof ServiceError) || typeof spillover !== "string") throw error;
      outcome.headers["x-ms-spillover-from-deployment"] = deployment.name;
      outcome.headers["x-ms-spillover-error"] = String(error.status);
      return runOn(account.deployment(spillover), model, call, undefined);
    }
  }
}

/** A request that runs a model, and what is known of its outcome so far. */
interface ModelCall {
  readonly route: Route;
  readonly operation: OperationRequest;
  readonly request: ServiceRequest;
  readonly outcome: Outcome;
}

function runOn(
  deployment: Deployment,
  model: ModelOperation,
  { route, operation, outcome }: ModelCall,
  failure: ServiceError | undefined,
): Answer {
  const { headers } = outcome;
  outcome.deployment = deployment.name;
  headers["x-ms-deployment-name"] = deployment.name;
  const admission = deployment.rateLimit.admit(estimateTokens(route.operation, operation.body));
  outcome.rateLimitHeaders = deployment.rateLimit.headers();
  if (!admission.admitted) throw limitExceeded(admission, route);
  if (failure !== undefined) throw failure;
  checkModelKind(route.operation, deployment.model);
  const answer = model({ ...operation, deployment });
  headers["azureml-model-session"] = MODEL_SESSION;
  return answer;
}

/** Names the deployment of the same account that takes a request which the provisioned one refuses. */
const SPILLOVER_HEADER = "x-ms-spillover-deployment";
/** The caller's own id of its request, which comes back; one is made where it sends none. */
const CLIENT_REQUEST_ID = "x-ms-client-request-id";
const MODEL_SESSION = "v20261001-1-simulated";

/** Undefined for a route that runs no model. */
function modelOperationOf({ operation, rest }: Route): ModelOperation | undefined {
  switch (operation) {
    case "chat/completions":
      return chatCompletions;
    case "responses":
      return rest.length === 0 ? createResponse : undefined;
    case "messages":
      return createMessage;
    case "embeddings":
      return embeddings;
    case "images/generations":
      return imageGenerations;
    case "audio/transcriptions":
      return audioTranscriptions;
    case "conversations":
    case "models":
    case "files":
      return undefined;
  }
}

function runAccountOperation(route: Route, request: OperationRequest, failure: ServiceError | undefined): Answer {
  if (failure !== undefined) throw failure;
  switch (route.operation) {
    case "models":
      return models(request);
    case "files":
      return files(request);
    case "conversations":
      return conversations(request);
    default:
      return storedResponse(request);
  }
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
