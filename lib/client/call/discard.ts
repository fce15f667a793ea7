/** Frees the connection of a response that nobody will read. */
export function discard(response: Response | undefined): void {
  const body: unknown = response?.body;
  if (typeof body !== "object" || body === null) return;
  // A custom fetch may have left before its response was given the platform's form.
  if ("cancel" in body) (body as ReadableStream).cancel().catch(() => undefined);
  else if ("destroy" in body) (body as { destroy(): void }).destroy();
}
