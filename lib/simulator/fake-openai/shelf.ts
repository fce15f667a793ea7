/** Of each kind of stored object; the oldest are forgotten first, so that a long run stays in its memory. */
export const MAX_STORED = 10_000;
export const MAX_STORED_BYTES = 64 * 1024 * 1024;

/** Stored objects by their ids. */
export class Shelf<T> {
  private readonly entries = new Map<string, { readonly value: T; readonly bytes: number }>();
  private bytes = 0;

  /** @param bytes roughly what the object takes */
  put(id: string, value: T, bytes: number): void {
    this.delete(id);
    this.entries.set(id, { value, bytes });
    this.bytes += bytes;
    for (const oldest of this.entries.keys()) {
      if (oldest === id || (this.entries.size <= MAX_STORED && this.bytes <= MAX_STORED_BYTES)) return;
      this.delete(oldest);
    }
  }

  get(id: string): T | undefined {
    return this.entries.get(id)?.value;
  }

  delete(id: string): void {
    this.bytes -= this.entries.get(id)?.bytes ?? 0;
    this.entries.delete(id);
  }

  /** Oldest first. */
  get values(): readonly T[] {
    return [...this.entries.values()].map(({ value }) => value);
  }
}
