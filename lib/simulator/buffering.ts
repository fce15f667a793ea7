/**
 * How much of one body a buffer holds; then it is emptied towards the other side and filled again. Above the largest
 * body that a firewall policy can allow, so that one can be judged before anything is sent.
 */
const BUFFER_BYTES = 2 * 1_024 * 1_024;

/** Collects chunks until there are 2 MB. */
export class Buffered {
  private chunks: Buffer[] = [];
  private bytes = 0;

  /** @returns whether the buffer is full */
  add(chunk: Buffer): boolean {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    return this.bytes >= BUFFER_BYTES;
  }

  /** All that was collected, in one piece. */
  take(): Buffer {
    const all = Buffer.concat(this.chunks);
    this.chunks = [];
    this.bytes = 0;
    return all;
  }
}
