import { type ITerraformDependable, type TerraformResource } from "cdktf";
import { addDependencies } from "./dependency.js";

/** What a principal was granted. */
export class Grant {
  /** Several grants as one. */
  static combine(grants: readonly Grant[]): Grant {
    return new Grant(grants.flatMap(({ dependables }) => dependables));
  }

  /**
   * What these role assignments grant.
   * @internal
   */
  static _of(...dependables: readonly ITerraformDependable[]): Grant {
    return new Grant(dependables);
  }

  private constructor(
    /** The role assignments, to be named in the `dependsOn` of whatever needs them. */
    readonly dependables: readonly ITerraformDependable[],
  ) {}

  /**
   * Makes resources wait until the grant is in place.
   *
   * `node.addDependency` would have no effect: CDKTF does not read it.
   */
  applyBefore(...resources: readonly TerraformResource[]): void {
    for (const resource of resources) addDependencies(resource, this.dependables);
  }
}
