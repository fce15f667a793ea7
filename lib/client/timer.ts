/** Longer ones make setTimeout fire at once. 24 days are as good as for ever. */
const MAX_MILLISECONDS = 2 ** 31 - 1;

/** A setTimeout that takes any length, Infinity included, and never fires early. @returns stops it. */
export function startTimer(callback: () => void, milliseconds: number): () => void {
  const timer = setTimeout(callback, Math.min(Math.ceil(milliseconds), MAX_MILLISECONDS));
  return () => clearTimeout(timer);
}
