import { type Flow, TICK_MILLISECONDS } from "../view.js";
import { colour } from "./dom.js";
import { kindOf } from "./history.js";
import { type Point } from "./wires.js";

interface Dot {
  readonly points: readonly Point[];
  readonly began: number;
  readonly fill: string;
}

const JOURNEY_MILLISECONDS = 900;
const RADIUS = 3.5;
/** A tab that was not looked at does not catch up. */
const MAXIMUM_DOTS = 400;

/** Requests moving along the lines; nothing moves for who asks for less motion. */
export class Dots {
  private readonly canvas = document.createElement("canvas");
  private readonly still = matchMedia("(prefers-reduced-motion: reduce)");
  private dots: Dot[] = [];
  private frame = 0;

  constructor(private readonly parent: HTMLElement) {
    this.canvas.className = "dots";
    this.canvas.setAttribute("aria-hidden", "true");
    parent.prepend(this.canvas);
  }

  /** As large as what it lies under. */
  place(): void {
    const { clientWidth, clientHeight } = this.parent;
    this.canvas.width = clientWidth * devicePixelRatio;
    this.canvas.height = clientHeight * devicePixelRatio;
  }

  /** Sends dots on their way, spread over the time until the next ones come. */
  add(flows: readonly Flow[], route: (flow: Flow) => readonly Point[]): void {
    if (this.still.matches || document.hidden) return;
    const now = performance.now();
    flows.forEach((flow, index) => {
      const points = route(flow);
      const began = now + (index / flows.length) * TICK_MILLISECONDS;
      if (points.length > 1) this.dots.push({ points, began, fill: colour(kindOf(flow.status ?? Number.NaN)) });
    });
    this.dots = this.dots.slice(-MAXIMUM_DOTS);
    if (this.frame === 0 && this.dots.length > 0) this.frame = requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    const context = this.canvas.getContext("2d");
    if (context === null) return;
    const now = performance.now();
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.dots = this.dots.filter(({ began }) => now < began + JOURNEY_MILLISECONDS);
    for (const { points, began, fill } of this.dots) {
      const way = ((now - began) / JOURNEY_MILLISECONDS) * (points.length - 1);
      const [from, to] = [points[Math.floor(way)], points[Math.ceil(way)]];
      if (way < 0 || from === undefined || to === undefined) continue;
      const part = way - Math.floor(way);
      context.beginPath();
      context.arc(from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part, RADIUS, 0, 2 * Math.PI);
      context.fillStyle = fill;
      context.fill();
    }
    this.frame = this.dots.length > 0 ? requestAnimationFrame(() => this.draw()) : 0;
  }
}
