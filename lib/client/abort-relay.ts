/**
 * Aborts the controller with the caller's signal, until it is told that the attempt is over.
 *
 * `AbortSignal.any` would do, but it is slow and has leaked; a listener for each call stays on a signal that
 * an application keeps for all its life. So here each signal gets one listener, which knows its controllers
 * weakly: a response's body may be read long after the call, and nobody tells when.
 *
 * @returns ends the relay.
 */
export function relayAbort(signal: AbortSignal, controller: AbortController): () => void {
  if (signal.aborted) {
    controller.abort(signal.reason);
    return () => undefined;
  }
  const relay = relayOf(signal);
  const reference = relay.add(controller);
  return () => relay.remove(reference);
}

/** Keeps a relayed controller in being for as long as somebody can read the response's body. */
export function keepWithBody(response: Response, controller: AbortController): void {
  if (response.body !== null) ofBodies.set(response.body, controller);
}

/** As the promise, unless the signal aborts first: then it rejects with the signal's reason. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  if (signal.aborted) {
    // Nobody waits for it any more.
    promise.catch(() => undefined);
    throw signal.reason;
  }
  const relay = relayOf(signal);
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => (abort = () => reject(signal.reason)));
  relay.listen(abort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    relay.stopListening(abort);
  }
}

const relays = new WeakMap<AbortSignal, Relay>();
const ofBodies = new WeakMap<object, AbortController>();
const collected = new FinalizationRegistry<() => void>((forget) => forget());

function relayOf(signal: AbortSignal): Relay {
  return relays.get(signal) ?? new Relay(signal);
}

class Relay {
  private readonly controllers = new Set<WeakRef<AbortController>>();
  private readonly listeners = new Set<() => void>();
  private readonly source: WeakRef<AbortSignal>;
  private readonly abortAll = () => {
    const reason: unknown = this.source.deref()?.reason;
    for (const listener of this.listeners) listener();
    for (const controller of this.controllers) controller.deref()?.abort(reason);
    this.listeners.clear();
    this.controllers.clear();
  };

  constructor(signal: AbortSignal) {
    this.source = new WeakRef(signal);
    signal.addEventListener("abort", this.abortAll, { once: true });
    relays.set(signal, this);
  }

  add(controller: AbortController): WeakRef<AbortController> {
    const reference = new WeakRef(controller);
    this.controllers.add(reference);
    collected.register(controller, () => this.remove(reference), reference);
    return reference;
  }

  remove(reference: WeakRef<AbortController>): void {
    collected.unregister(reference);
    this.controllers.delete(reference);
    this.endIfUnused();
  }

  listen(listener: () => void): void {
    this.listeners.add(listener);
  }

  stopListening(listener: () => void): void {
    this.listeners.delete(listener);
    this.endIfUnused();
  }

  private endIfUnused(): void {
    const signal = this.source.deref();
    if (this.controllers.size > 0 || this.listeners.size > 0 || signal === undefined) return;
    signal.removeEventListener("abort", this.abortAll);
    relays.delete(signal);
  }
}
