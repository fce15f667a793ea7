import { type Flow, type Way } from "../view.js";
import { type GatewayDrawing, type Wire } from "./gateway-drawing.js";

export interface Point {
  readonly x: number;
  readonly y: number;
}

interface Box extends Point {
  readonly right: number;
  readonly bottom: number;
  readonly middleX: number;
  readonly middleY: number;
}

const SVG = "http://www.w3.org/2000/svg";
/** Points along a line that dots move over. */
const STEPS = 24;
/** How far the way past the gateway keeps away from it. */
const MARGIN = 16;

/** The lines between the boxes, drawn where the browser has put these. */
export class Wires {
  private readonly svg = document.createElementNS(SVG, "svg");
  private readonly paths = new Map<string, SVGPathElement>();
  private points = new Map<string, readonly Point[]>();

  constructor(
    private readonly parent: HTMLElement,
    private readonly drawing: GatewayDrawing,
  ) {
    this.svg.setAttribute("class", "wires");
    this.svg.setAttribute("aria-hidden", "true");
    for (const { id, kind } of drawing.wires) {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("class", kind);
      this.paths.set(id, path);
      this.svg.append(path);
    }
    parent.prepend(this.svg);
  }

  /** Where the boxes are now. */
  place(): void {
    this.points = new Map();
    for (const wire of this.drawing.wires) {
      const path = this.paths.get(wire.id);
      if (path === undefined) continue;
      path.setAttribute("d", this.shape(wire));
      const length = path.getTotalLength();
      this.points.set(
        wire.id,
        Array.from({ length: STEPS + 1 }, (_, step) => path.getPointAtLength((length * step) / STEPS)),
      );
    }
  }

  show(way: Way): void {
    this.svg.dataset["way"] = way;
  }

  /** The lines that a request has taken, one after the other. */
  route({ way, listener, rule, target, backend }: Flow): readonly Point[] {
    const ids =
      way === "client"
        ? [`past:${backend}`]
        : [
            `callers:${listener}`,
            `listener:${listener}:${rule}`,
            `rule:${rule}:${target}`,
            `target:${target}:${backend}`,
          ];
    return ids.flatMap((id) => this.points.get(id) ?? []);
  }

  private shape({ from, to, kind }: Wire): string {
    const [a, b] = [this.box(from), this.box(to)];
    if (kind === "past") return this.past(a, b);
    if (kind === "redirect") {
      return curve({ x: a.x, y: a.bottom - 8 }, { x: b.right, y: b.bottom - 8 });
    }
    if (b.x > a.right) return curve({ x: a.right, y: a.middleY }, { x: b.x, y: b.middleY });
    const bend = Math.max(8, (b.y - a.bottom) / 2);
    return `M${a.middleX},${a.bottom} C${a.middleX},${a.bottom + bend} ${b.middleX},${b.y - bend} ${b.middleX},${b.y}`;
  }

  /** Below the gateway where that is beside the callers, else left of it. */
  private past(a: Box, b: Box): string {
    const frame = this.box(this.drawing.frame);
    if (frame.x > a.right) {
      const [low, turn] = [frame.bottom + MARGIN, frame.right + MARGIN];
      const start = `M${a.middleX},${a.bottom} L${a.middleX},${low - 10} Q${a.middleX},${low} ${a.middleX + 10},${low}`;
      if (b.y > frame.bottom) {
        return `${start} L${b.middleX - 10},${low} Q${b.middleX},${low} ${b.middleX},${low + 10} L${b.middleX},${b.y}`;
      }
      return `${start} L${turn - 10},${low} C${turn + 20},${low} ${b.x - 40},${b.middleY} ${b.x},${b.middleY}`;
    }
    const left = frame.x - MARGIN / 2;
    const start = `M${a.x},${a.middleY} L${left + 8},${a.middleY} Q${left},${a.middleY} ${left},${a.middleY + 8}`;
    return `${start} L${left},${b.middleY - 8} Q${left},${b.middleY} ${b.x},${b.middleY}`;
  }

  private box(of: HTMLElement): Box {
    const origin = this.parent.getBoundingClientRect();
    const { left, top, width, height } = of.getBoundingClientRect();
    const [x, y] = [left - origin.left, top - origin.top];
    return { x, y, right: x + width, bottom: y + height, middleX: x + width / 2, middleY: y + height / 2 };
  }
}

function curve(from: Point, to: Point): string {
  const middle = (from.x + to.x) / 2;
  return `M${from.x},${from.y} C${middle},${from.y} ${middle},${to.y} ${to.x},${to.y}`;
}
