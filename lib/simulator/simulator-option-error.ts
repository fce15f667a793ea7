/** An option of the simulator that cannot be; the message names it, the value, and what is allowed. */
export class SimulatorOptionError extends RangeError {
  constructor(message: string) {
    super(message);
    this.name = "SimulatorOptionError";
  }
}
