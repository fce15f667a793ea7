/** The file has no gateway that can be read; the message names the block, the value, and what to do. */
export class SynthesizedError extends Error {
  override readonly name = "SynthesizedError";

  /** Where: a Terraform address with the path inside it, such as `azurerm_application_gateway.main.probe[0].path`. */
  readonly where: string;

  constructor(where: string, problem: string) {
    super(`${where}: ${problem}`);
    this.where = where;
  }
}
