/** Frees the connection of a response that nobody will read. */
export function discard(response: Response | undefined): void {
  response?.body?.cancel().catch(() => undefined);
}
