import LinuxSystem
import OutgoingHTTP

/// A file that takes an object's bytes as they come.
///
/// - Isolation: one thread.
final class ObjectFile: ResponseReceiver {
    private let path: String
    private let expectedByteCount: Int
    private var writer: FileWriter?
    private var byteCount = 0
    /// What the disk has refused.
    private(set) var fault: ObjectStoreFault?

    init(_ path: String, byteCount: Int) {
        self.path = path
        expectedByteCount = byteCount
    }

    func begin() throws(OutgoingFault) {
        byteCount = 0
        do throws(SystemError) {
            try FileSystem.remove(path)
            writer = try FileWriter(path)
        } catch {
            throw refusal(error)
        }
    }

    func receive(_ bytes: Span<UInt8>) throws(OutgoingFault) {
        byteCount += bytes.count
        // More cannot be what was listed, and nobody knows how much more comes.
        guard byteCount <= expectedByteCount else { throw OutgoingFault(.receiver("it is longer than was listed")) }
        do throws(SystemError) {
            try writer?.write(bytes)
        } catch {
            throw refusal(error)
        }
    }

    /// Ends the file.
    ///
    /// - Throws: `.outdated` if it has another length than the object had when it was listed.
    func finish() throws(ObjectStoreFault) {
        do throws(SystemError) {
            if let writer = writer.take() { try writer.finish() }
        } catch {
            throw .disk(path, error)
        }
        guard byteCount == expectedByteCount else { throw .outdated }
    }

    private func refusal(_ error: SystemError) -> OutgoingFault {
        fault = .disk(path, error)
        return OutgoingFault(.receiver("the disk takes no more"))
    }
}
