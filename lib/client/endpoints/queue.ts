import { startTimer } from "../timer.js";
import { type DeploymentState } from "./deployment-state.js";
import { type EndpointState } from "./endpoint-state.js";

/** A call that waits for an endpoint with room. */
export interface Waiter {
  /** Its size; 0 where that is unknown. */
  readonly tokens: number;
  readonly startedAt: number;
  readonly deadlineAt: number;
  /** When it is due, from its first place in line on. */
  dueAt: number | undefined;
  /** Where it may go, the endpoints of one deployment; changes as it learns of them. */
  candidates(): readonly EndpointState[];
  /** When it can go there. */
  likelyAt(state: EndpointState, now: number): number;
  /** Of those that it can go to the one to take. */
  choose(among: readonly EndpointState[], now: number): EndpointState | undefined;
  /** It is its turn: takes its room at once, before anybody else looks. */
  go(state: EndpointState, now: number): void;
  /** It cannot be served before its deadline. @param milliseconds until it could be. */
  giveUp(milliseconds: number): void;
}

/** What became of a call that joined. */
export type Place =
  | { readonly kind: "went" }
  /** Until it can go, should nobody pass it. */
  | { readonly kind: "queued"; readonly milliseconds: number }
  | { readonly kind: "refused"; readonly milliseconds: number };

/**
 * The calls of one deployment that wait, in the order in which they are due: each is due after a share of its deadline that grows
 * with its size. So calls of like size are served as they came, small ones pass large ones, and only those that come
 * within that time. Each that cannot go yet reserves the endpoint that will have room for it first: what comes later may
 * use the others only, so that a large one gets its room in the end.
 */
export class Queue {
  private waiters: Waiter[] = [];
  private averageTokens = 0;
  /** The average time to an answer. */
  private answerMilliseconds = 0;
  private stopTimer: (() => void) | undefined;
  private readonly probes = new WeakSet<Promise<void>>();

  /**
   * @param endpoints of the deployment.
   * @param maximum of waiting calls.
   */
  constructor(
    private readonly endpoints: number,
    private readonly maximum: number,
    private readonly now: () => number,
  ) {}

  get length(): number {
    return this.waiters.length;
  }

  /** Lets the call go, now or when it is its turn. */
  join(waiter: Waiter): Place {
    const now = this.now();
    const returns = waiter.dueAt !== undefined;
    this.insert(waiter);
    const late = this.walk(now);
    let milliseconds = late.get(waiter);
    late.delete(waiter);
    for (const [other, itsMilliseconds] of late) other.giveUp(itsMilliseconds);
    if (milliseconds !== undefined) return { kind: "refused", milliseconds };
    if (!this.waiters.includes(waiter)) return { kind: "went" };
    milliseconds = Math.max(this.soonest(waiter, now), this.inLineUntil(waiter, now)) - now;
    const isFull = !returns && this.waiters.length > this.maximum;
    if (!isFull && now + milliseconds <= this.latest(waiter)) return { kind: "queued", milliseconds };
    this.leave(waiter);
    return { kind: "refused", milliseconds };
  }

  /** The call is over. */
  leave(waiter: Waiter): void {
    const index = this.waiters.indexOf(waiter);
    if (index < 0) return;
    this.waiters.splice(index, 1);
    this.wake();
  }

  /** Something has changed: an answer showed room, or a call left. */
  wake(): void {
    for (const [waiter, milliseconds] of this.walk(this.now())) waiter.giveUp(milliseconds);
  }

  /** One that returns comes before those that are due with it. */
  private insert(waiter: Waiter): void {
    const returns = waiter.dueAt !== undefined;
    const dueAt = (waiter.dueAt ??= this.dueAt(waiter));
    const index = this.waiters.findIndex((other) => {
      const otherDueAt = other.dueAt ?? Number.POSITIVE_INFINITY;
      return returns ? otherDueAt >= dueAt : otherDueAt > dueAt;
    });
    this.waiters.splice(index < 0 ? this.waiters.length : index, 0, waiter);
  }

  /** How long an answer took. */
  answered(milliseconds: number): void {
    this.answerMilliseconds += (milliseconds - this.answerMilliseconds) * AVERAGE_GAIN;
  }

  private dueAt(waiter: Waiter): number {
    const { tokens, startedAt, deadlineAt } = waiter;
    const now = this.now();
    // Where requests are what is scarce, a small one is as dear as a large one.
    const isBound = waiter.candidates().every(({ deployment }) => deployment.room.isBoundByRequests(tokens, now));
    const size = isBound || tokens === 0 ? this.averageTokens : tokens;
    this.averageTokens += (size - this.averageTokens) * (this.averageTokens === 0 ? 1 : AVERAGE_GAIN);
    const share = Math.min((size / Math.max(this.averageTokens, 1)) * AVERAGE_SHARE, LONGEST_SHARE);
    return startedAt + (deadlineAt - startedAt) * share;
  }

  /**
   * From the first in line to the last: who can go goes, who cannot reserves the endpoint that it can go to first.
   *
   * @returns who can never go in time, and how long it would take.
   */
  private walk(now: number): Map<Waiter, number> {
    this.stopTimer?.();
    this.stopTimer = undefined;
    const late = new Map<Waiter, number>();
    if (this.waiters.length === 0) return late;
    const reserved = new Set<DeploymentState>();
    const staying: Waiter[] = [];
    let wakeAt = Number.POSITIVE_INFINITY;
    for (const waiter of this.waiters) {
      const latest = this.latest(waiter);
      if (now > latest) {
        late.set(waiter, this.soonest(waiter, now) - now);
        continue;
      }
      // Most of a long line: all endpoints are reserved by those before it.
      if (reserved.size < this.endpoints) {
        const open = waiter.candidates().filter(({ deployment }) => !reserved.has(deployment));
        const ready = open.filter((state) => waiter.likelyAt(state, now) <= now);
        const chosen = waiter.choose(ready, now);
        if (chosen !== undefined) {
          waiter.go(chosen, now);
          continue;
        }
        const first = firstOf(waiter, open, now);
        if (first !== undefined && first.at > latest) {
          late.set(waiter, first.at - now);
          continue;
        }
        if (first !== undefined) {
          reserved.add(first.state.deployment);
          wakeAt = Math.min(wakeAt, first.at);
          this.watch(first.state.probed(waiter.tokens, now));
        }
      }
      staying.push(waiter);
      wakeAt = Math.min(wakeAt, latest + 1);
    }
    this.waiters = staying;
    if (staying.length > 0) this.stopTimer = startTimer(() => this.wake(), Math.max(wakeAt - now, 0));
    return late;
  }

  /** When it can go at the latest: it needs time for its answer as well. */
  private latest({ startedAt, deadlineAt }: Waiter): number {
    return deadlineAt - Math.min(this.answerMilliseconds, (deadlineAt - startedAt) / 2);
  }

  private soonest(waiter: Waiter, now: number): number {
    return Math.max(Math.min(...waiter.candidates().map((state) => waiter.likelyAt(state, now))), now);
  }

  /** Until those before it have gone, at the least; now where it is not known what comes back. */
  private inLineUntil(waiter: Waiter, now: number): number {
    let missing = 0;
    for (const other of this.waiters) {
      missing += other.tokens;
      if (other === waiter) break;
    }
    let perMillisecond = 0;
    for (const { deployment } of waiter.candidates()) {
      const supply = deployment.room.supply(now);
      if (supply === undefined) return now;
      missing -= supply.left;
      perMillisecond += supply.perMillisecond;
    }
    return now + Math.max(missing, 0) / perMillisecond;
  }

  private watch(probe: Promise<void> | undefined): void {
    if (probe === undefined || this.probes.has(probe)) return;
    this.probes.add(probe);
    void probe.then(() => this.wake());
  }
}

/** Where it can go first; undefined where all is reserved by others. */
function firstOf(waiter: Waiter, open: readonly EndpointState[], now: number) {
  let first: { readonly state: EndpointState; readonly at: number } | undefined;
  for (const state of open) {
    const at = waiter.likelyAt(state, now);
    if (first === undefined || at < first.at) first = { state, at };
  }
  return first;
}

/** A request of average size is due after this share of its deadline, others in proportion. */
const AVERAGE_SHARE = 0.5;
/** However large it is, a request is due after so many of its deadlines: those are served in the order in which they came. */
const LONGEST_SHARE = 1.5;
const AVERAGE_GAIN = 0.02;
