import LinuxSystem
import ModelRepository

/// Loads what the options name and reports what cannot be served.
enum ModelLoading {
    /// - Throws: when there is nothing to serve, or a model failed and `--exit-on-error` says so.
    static func load(_ options: ServerOptions, log: EventLog) throws(StartFault) -> ServingTable {
        ServingTable.empty
    }
}
