/** Takes turns. One for each instance and routing target, as on Azure. */
export class RoundRobin {
  private position = 0;

  /** The next of `members` that may be chosen, or undefined if none may. */
  next<T>(members: readonly T[], mayServe: (member: T) => boolean): T | undefined {
    for (let step = 0; step < members.length; step += 1) {
      const index = (this.position + step) % members.length;
      const member = members[index];
      if (member !== undefined && mayServe(member)) {
        this.position = index + 1;
        return member;
      }
    }
    return undefined;
  }
}
