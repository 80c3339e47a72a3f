import AccessControl
import LinuxSystem
import Synchronization

/// The API keys of a server: read at start, and again when their file has changed.
///
/// A file that cannot be used changes nothing: what was read before goes on counting, and the log says why.
///
/// - Isolation: any thread; the lock is taken when somebody looks at the file and when somebody scrapes, never per
///   request. Loops have references of their own.
final class APIKeyDirectory: Sendable {
    private struct State {
        var table: APIKeyTable
        /// The file as it was when it was read last, whether it could be used or not.
        var status: FileStatus?
        /// What was wrong with it when it was looked at last.
        var fault: String?
    }

    private let path: String
    private let loopCount: Int
    private let state: Mutex<State>

    /// Reads the file of `--api-keys-file`.
    init(path: String, loopCount: Int) throws(StartFault) {
        if let fault = SecretDigest.libraryFault { throw StartFault("--api-keys-file: \(fault)") }
        self.path = path
        self.loopCount = loopCount
        let status = try? FileStatus(of: path)
        do throws(Unreadable) {
            let table = APIKeyTable(try Self.read(path), loopCount: loopCount)
            state = Mutex(State(table: table, status: status))
        } catch {
            throw StartFault("--api-keys-file \(path): \(error.reason)")
        }
    }

    /// The keys that count now.
    var table: APIKeyTable { state.withLock { $0.table } }

    /// Looks whether the file has changed, and reads it if so.
    ///
    /// - Isolation: one thread; may block.
    /// - Returns: the keys that count from now on; nil if they are the same as before.
    func look(_ log: EventLog) -> APIKeyTable? {
        let status: FileStatus
        do throws(SystemError) {
            status = try FileStatus(of: path)
        } catch {
            report("\(error)", log)
            return nil
        }
        guard state.withLock({ $0.status != status }) else { return nil }
        do throws(Unreadable) {
            let keys = try Self.read(path)
            let table = state.withLock { state in
                state.table = APIKeyTable(keys, loopCount: loopCount, successorOf: state.table)
                state.status = status
                state.fault = nil
                return state.table
            }
            log.write(.info, "API keys were read again", .init("file", path), .init("keys", keys.count))
            return table
        } catch {
            state.withLock { $0.status = status }
            report(error.reason, log)
            return nil
        }
    }

    /// Says what is wrong, once until something else is.
    private func report(_ fault: String, _ log: EventLog) {
        let isNew = state.withLock { state in
            defer { state.fault = fault }
            return state.fault != fault
        }
        guard isNew else { return }
        log.write(
            .error, "the file of API keys cannot be used; the keys read before go on counting", .init("file", path),
            .init("reason", fault))
    }

    private struct Unreadable: Error {
        let reason: String
    }

    private static func read(_ path: String) throws(Unreadable) -> [APIKey] {
        let content: ByteBuffer
        do throws(FileFault) {
            content = try FileSystem.read(path, byteCountLimit: AccessControlLimits.keyFileByteCount)
        } catch {
            throw Unreadable(reason: "\(error)")
        }
        do throws(KeyFileFault) {
            return try content.withBytes { (bytes) throws(KeyFileFault) in try APIKeyFile(bytes).keys }
        } catch {
            throw Unreadable(reason: "\(error)")
        }
    }
}
