import { type ProgressStream } from "../verify/index.js";

/** What a demonstration claims, and whether it held. */
export class Claims {
  private readonly failed: string[] = [];
  private checked = 0;

  constructor(private readonly stdout: ProgressStream) {}

  get allHeld(): boolean {
    return this.checked > 0 && this.failed.length === 0;
  }

  check(claim: string, held: boolean): void {
    this.checked++;
    if (!held) this.failed.push(claim);
    this.stdout.write(`   ${held ? "✓" : "✗"} ${claim}\n`);
  }

  summarize(): void {
    const { checked, failed } = this;
    this.stdout.write(`\n${checked - failed.length} of ${checked} claims held\n`);
    for (const claim of failed) this.stdout.write(`  ✗ ${claim}\n`);
  }
}
