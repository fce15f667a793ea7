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
  const relay = relays.get(signal) ?? new Relay(signal);
  const reference = relay.add(controller);
  return () => relay.remove(reference);
}

/** Keeps a relayed controller in being for as long as somebody can read the response's body. */
export function keepWithBody(response: Response, controller: AbortController): void {
  if (response.body !== null) ofBodies.set(response.body, controller);
}

const relays = new WeakMap<AbortSignal, Relay>();
const ofBodies = new WeakMap<object, AbortController>();
const collected = new FinalizationRegistry<() => void>((forget) => forget());

class Relay {
  private readonly controllers = new Set<WeakRef<AbortController>>();
  private readonly source: WeakRef<AbortSignal>;
  private readonly abortAll = () => {
    const reason: unknown = this.source.deref()?.reason;
    for (const controller of this.controllers) controller.deref()?.abort(reason);
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
    const signal = this.source.deref();
    if (this.controllers.size > 0 || signal === undefined) return;
    signal.removeEventListener("abort", this.abortAll);
    relays.delete(signal);
  }
}
