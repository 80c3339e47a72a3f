import DurableState
import LinuxSystem

/// Where the monitoring thread keeps what it keeps.
///
/// - Isolation: the monitoring thread.
final class MonitoringPlaces {
    private final class Lock {
        let file: FileLock

        init(_ file: consuming FileLock) { self.file = file }
    }

    private let dataDirectory: String?
    private let source: StateSource?
    /// Held while rings lie in the data directory.
    private var lock: Lock?

    /// - Parameter source: where state is kept; nil if nowhere.
    init(_ options: ServerOptions, _ source: StateSource?) {
        dataDirectory = options.dataDirectory
        self.source = source
    }

    /// Opens the state; nil if there is no place for it.
    func openState() throws(StateFault) -> StateStore? {
        try source?.open(now: WallClock.nanosecondsSince1970)
    }

    /// Opens the ring of a model, with what it holds.
    ///
    /// Without a data directory it lies in a file without a name, which is gone with the process.
    func open(_ model: MonitoredModel) throws(StateFault) -> ModelMonitor {
        let folder = try makeFolder()
        defer { if dataDirectory == nil { try? FileSystem.remove(folder) } }
        return try ModelMonitor(
            model, at: "\(folder)/\(model.name).ring", newEpoch: UInt32.random(in: 0...UInt32.max))
    }

    private func makeFolder() throws(StateFault) -> String {
        do throws(SystemError) {
            guard let dataDirectory else {
                let variables = ProcessFacts.environment(prefix: "TMPDIR")
                return try FileSystem.makeUniqueDirectory(prefix: (variables["TMPDIR"] ?? "/tmp") + "/rowan-")
            }
            let folder = dataDirectory + "/predictions"
            for path in [dataDirectory, folder] { try FileSystem.makeDirectory(path) }
            if lock != nil { return folder }
            if let file = try FileLock(folder + "/lock") {
                lock = Lock(file)
                return folder
            }
        } catch {
            throw .location("predictions cannot be kept: \(error)")
        }
        throw .locked(place: (dataDirectory ?? "") + "/predictions")
    }
}
