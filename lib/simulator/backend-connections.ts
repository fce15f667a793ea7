import { BackendConnection, type BackendTarget } from "./backend-connection.js";

/** The connections to one backend, as many as there are concurrent requests. */
export class BackendConnections {
  private readonly all = new Set<BackendConnection>();
  /** The one used last is at the end, and is used next. */
  private idle: BackendConnection[] = [];
  private readonly onIdle = (connection: BackendConnection) => void this.idle.push(connection);
  private readonly onClose = (connection: BackendConnection) => {
    this.all.delete(connection);
    const at = this.idle.indexOf(connection);
    if (at >= 0) this.idle.splice(at, 1);
  };

  constructor(private readonly target: BackendTarget) {}

  /** One that is idle, or a new one. */
  take(): BackendConnection {
    const latest = this.idle.pop();
    if (latest !== undefined && latest.isFresh) return latest;
    latest?.destroy();
    // The others were used before.
    for (const connection of [...this.idle]) connection.destroy();
    const connection = new BackendConnection(this.target, this.onIdle, this.onClose);
    this.all.add(connection);
    return connection;
  }

  /** Closes all; requests on them are broken off. */
  destroy(): void {
    for (const connection of [...this.all]) connection.sever();
  }
}
