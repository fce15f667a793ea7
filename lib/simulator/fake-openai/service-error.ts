/**
 * How an account refuses what another one holds; Azure has been seen to do each. `coded`: 400, with `error.code` where there
 * is one. `uncoded`: `code: null`, so that only the message tells, and 404 for an item. `different-resource`: 400 and one
 * message for all.
 */
export type NotHeldErrors = "coded" | "uncoded" | "different-resource";

/**
 * What Azure OpenAI answers instead of a result. There are two families of bodies: those of the API Management layer
 * in front (`{"error":{"code","message"}}`), and those of the model service (with `type` and `param`, as OpenAI's own).
 * Sources of each: docs/fake-openai.md.
 */
export class ServiceError extends Error {
  /** Neither an api-key nor a bearer token, or a token that cannot be one. */
  static tokenMissing(): ServiceError {
    return new ServiceError(401, {
      statusCode: 401,
      message:
        "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.",
    });
  }

  static wrongKey(): ServiceError {
    return gatewayError(
      401,
      "401",
      "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.",
    );
  }

  /** The account has `local_auth_enabled = false`. */
  static keysDisabled(): ServiceError {
    return gatewayError(403, "AuthenticationTypeDisabled", "Key based authentication is disabled for this resource.");
  }

  /** The caller's identity holds no role on this account. */
  static permissionDenied(): ServiceError {
    return gatewayError(401, "PermissionDenied", "Principal does not have access to API/Operation.");
  }

  /** An unknown path, and also a missing or unknown `api-version` of the legacy API. */
  static resourceNotFound(): ServiceError {
    return gatewayError(404, "404", "Resource not found");
  }

  static deploymentNotFound(): ServiceError {
    return gatewayError(
      404,
      "DeploymentNotFound",
      "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.",
    );
  }

  static apiVersionNotSupported(): ServiceError {
    return gatewayError(400, "BadRequest", "API version not supported");
  }

  static responsesNeedNewerVersion(since: string): ServiceError {
    return gatewayError(
      400,
      "BadRequest",
      `Azure OpenAI Responses API is enabled only for api-version ${since} and later`,
    );
  }

  static invalidRequest(message: string, param: string | null = null, code: string | null = null): ServiceError {
    return modelError(400, message, param, code);
  }

  static previousResponseNotFound(id: string, errors: NotHeldErrors): ServiceError {
    if (errors === "different-resource") return ServiceError.differentResource();
    const code = errors === "coded" ? "previous_response_not_found" : null;
    return modelError(400, `Previous response with id '${id}' not found.`, "previous_response_id", code);
  }

  /** An item given back by id that another account stored, or nobody: `isOwn` says that it was not to be stored. */
  static itemNotFound(id: string, isOwn: boolean, errors: NotHeldErrors): ServiceError {
    if (errors === "different-resource") return ServiceError.differentResource();
    const reason =
      " Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.";
    const message = `Item with id '${id}' not found.${isOwn ? reason : ""}`;
    return modelError(errors === "coded" ? 400 : 404, message, "input", null);
  }

  /** Reasoning that another account encrypted, or that was changed. */
  static encryptedContentNotVerified(
    { id, content }: { readonly id: string | undefined; readonly content: string },
    errors: NotHeldErrors,
  ): ServiceError {
    if (errors === "different-resource") return ServiceError.differentResource();
    if (errors === "uncoded") {
      return modelError(400, `The encrypted content for item ${id ?? "null"} could not be verified.`, null, null);
    }
    const excerpt = `${content.slice(0, 4)}...${content.slice(-4)}`;
    const message = `The encrypted content ${excerpt} could not be verified.`;
    return modelError(400, message, null, "invalid_encrypted_content");
  }

  private static differentResource(): ServiceError {
    const message =
      "The requested item was created under a different Azure OpenAI resource. Use the same resource that created the item to access it.";
    return modelError(400, message, "", null);
  }

  /** A tool's parameters or a response format that only a huge value satisfies. */
  static schemaTooLarge(parts: number): ServiceError {
    const message = `Invalid schema: a value that satisfies it has more than ${parts} parts.`;
    return modelError(400, message, null, "invalid_json_schema");
  }

  /** The model is of another kind than the operation needs. */
  static operationNotSupported(operation: string, model: string): ServiceError {
    return gatewayError(
      400,
      "OperationNotSupported",
      `The ${operation} operation does not work with the specified model, ${model}. Please choose different model and try again. You can learn more about which models can be used with each operation here: https://go.microsoft.com/fwlink/?linkid=2197993.`,
    );
  }

  /** `max_tokens` of a chat completion, on a model that reasons. */
  static maxTokensNotSupported(): ServiceError {
    const message =
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
    return modelError(400, message, "max_tokens", "unsupported_parameter");
  }

  /** `include: ["reasoning.encrypted_content"]` on a model that does not reason. */
  static encryptedContentNotSupported(): ServiceError {
    return modelError(400, "Encrypted content is not supported with this model.", "include", null);
  }

  static conversationNotFound(id: string): ServiceError {
    return modelError(404, `Conversation with id '${id}' not found.`, null, null);
  }

  static objectNotFound(message: string): ServiceError {
    return modelError(404, message, null, null);
  }

  /** In Anthropic's format. */
  static invalidMessage(message: string): ServiceError {
    return new ServiceError(400, { type: "error", error: { type: "invalid_request_error", message } });
  }

  /** `retry-after` has whole seconds, so it is rounded up; `retry-after-ms` is exact. */
  static tooManyRequests(message: string, retryAfterMilliseconds: number): ServiceError {
    return new ServiceError(
      429,
      { error: { code: "429", message } },
      {
        "retry-after": String(Math.ceil(retryAfterMilliseconds / 1_000)),
        "retry-after-ms": String(Math.ceil(retryAfterMilliseconds)),
      },
    );
  }

  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`the service answers ${status}`);
    this.name = "ServiceError";
  }
}

function gatewayError(status: number, code: string, message: string): ServiceError {
  return new ServiceError(status, { error: { code, message } });
}

function modelError(status: number, message: string, param: string | null, code: string | null): ServiceError {
  return new ServiceError(status, { error: { message, type: "invalid_request_error", param, code } });
}
