/** How many references are remembered; the ones not used for longest go first. */
export const MAX_HELD_REFERENCES = 50_000;

/** Longer texts than this are no ids. */
const LONGEST_REFERENCE = 256;

/**
 * Which account holds what: responses and their items, stored chats, files, threads, vector stores, batches, videos and
 * encrypted reasoning live on the account that made them, and are known by reference.
 */
export class Holders {
  private readonly accounts = new Map<string, string>();

  constructor(private readonly capacity: number = MAX_HELD_REFERENCES) {}

  get size(): number {
    return this.accounts.size;
  }

  /** The account of the first of the references that is known. */
  accountOf(references: Iterable<string>): string | undefined {
    for (const reference of references) {
      const account = this.accounts.get(reference);
      if (account === undefined) continue;
      this.remember(reference, account);
      return account;
    }
    return undefined;
  }

  /** @param account its URL: deployments of one account share what it holds. */
  remember(reference: string, account: string): void {
    if (reference.length > LONGEST_REFERENCE) return;
    this.accounts.delete(reference);
    this.accounts.set(reference, account);
    if (this.accounts.size <= this.capacity) return;
    for (const oldest of this.accounts.keys()) {
      this.accounts.delete(oldest);
      return;
    }
  }

  /** The account has answered that it holds none of them, or not all. */
  forget(references: Iterable<string>, account: string): void {
    for (const reference of references) {
      if (this.accounts.get(reference) === account) this.accounts.delete(reference);
    }
  }
}
