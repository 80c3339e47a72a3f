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

    /// The places of a server that does not run.
    init(dataDirectory: String) {
        self.dataDirectory = dataDirectory
        source = nil
    }

    /// Why nothing is known of a model's predictions.
    static func absence(of model: String) -> String {
        "no predictions of model '\(model)' are kept: its rowan.pbtxt has no section monitoring"
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
        return try ModelMonitor(model, at: path(of: model, in: folder), newEpoch: UInt32.random(in: 0...UInt32.max))
    }

    /// Opens the ring of a model that a server has left.
    ///
    /// - Throws: if there is none, or if a server has it.
    func openKept(_ model: MonitoredModel) throws(StateFault) -> ModelMonitor {
        let path = path(of: model, in: (dataDirectory ?? "") + "/predictions")
        guard FileSystem.exists(path) else { throw .location("there are no predictions in \(path)") }
        return try ModelMonitor(model, at: self.path(of: model, in: try makeFolder()), newEpoch: nil)
    }

    private func path(of model: MonitoredModel, in folder: String) -> String { "\(folder)/\(model.name).ring" }

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
