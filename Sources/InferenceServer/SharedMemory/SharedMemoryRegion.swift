import LinuxSystem
import OpenInferenceProtocol

/// A part of a POSIX shared memory object that a client has registered.
///
/// What is read or written is copied through the object's descriptor; nothing of it is mapped.
///
/// - Isolation: any thread; the descriptor is closed when nobody uses the region any more.
final class SharedMemoryRegion: TensorRegion {
    let name: String
    let byteCount: Int
    private let offset: Int
    private let object: SharedMemoryObject

    /// Opens the object and holds the part against its size.
    init(name: String, _ registration: SharedMemoryRegistration) throws(ProtocolError) {
        let path = try Self.path(of: registration.key, for: name)
        self.name = name
        let end = try Self.end(of: registration, name)
        offset = Int(registration.offset)
        byteCount = Int(registration.byteCount)
        do throws(FileFault) {
            object = try SharedMemoryObject(opening: path)
        } catch {
            throw .unopened(registration.key, error)
        }
        guard try Self.size(of: object, registration.key) >= end else {
            throw .registration(of: name, "invalid args: offset and byte_size reach beyond the object")
        }
    }

    /// Where the part ends in its object.
    private static func end(of registration: SharedMemoryRegistration, _ name: String) throws(ProtocolError) -> Int {
        let limit = SharedMemoryLimits.regionByteCount
        guard registration.byteCount > 0 else { throw .registration(of: name, "invalid args: byte_size is 0") }
        guard registration.offset <= limit, registration.byteCount <= limit - registration.offset else {
            throw .registration(of: name, "invalid args: offset and byte_size reach beyond \(limit)")
        }
        return Int(registration.offset + registration.byteCount)
    }

    /// The name of the object as the kernel wants it, with one leading slash.
    ///
    /// - Source: shm_open(3); Triton's `ValidateSharedMemoryKey` for the prefix, which its Python backend uses.
    static func path(of key: String, for name: String) throws(ProtocolError) -> String {
        let plain = key.hasPrefix("/") ? key.dropFirst() : key[...]
        guard !plain.isEmpty, plain != ".", plain != "..", plain.utf8.count <= SharedMemoryLimits.keyByteCount,
            !plain.utf8.contains(UInt8(ascii: "/")), !plain.utf8.contains(0)
        else {
            throw ProtocolError(
                .invalidArgument, "cannot register shared memory region '\(name)' - invalid shm key '\(key)'")
        }
        guard !plain.hasPrefix(reservedPrefix) else {
            throw ProtocolError(
                .invalidArgument,
                "cannot register shared memory region '\(name)' with key '\(key)' as the key contains the reserved "
                    + "prefix '\(reservedPrefix)'")
        }
        return "/" + plain
    }

    private static let reservedPrefix = "triton_python_backend_shm_region_"

    private static func size(of object: borrowing SharedMemoryObject, _ key: String) throws(ProtocolError) -> Int {
        do throws(FileFault) {
            return try object.byteCount()
        } catch {
            throw .unopened(key, error)
        }
    }

    // MARK: Tensors

    func read(_ range: Range<Int>, into buffer: inout ByteBuffer) throws(ProtocolError) {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "bytes outside the region")
        let count: Int
        do throws(SystemError) {
            count = try object.read(at: offset + range.lowerBound, count: range.count, into: &buffer)
        } catch {
            throw .unusable(name, "cannot be read: \(error.reason)")
        }
        if count < range.count { throw .unusable(name, Self.shrunk) }
    }

    func write(_ bytes: Span<UInt8>, at start: Int) throws(ProtocolError) {
        precondition(start >= 0 && bytes.count <= byteCount - start, "bytes outside the region")
        // Writing would make a smaller object grow again.
        guard try Self.size(of: object, name) >= offset + start + bytes.count else {
            throw .unusable(name, Self.shrunk)
        }
        do throws(SystemError) {
            try object.write(bytes, at: offset + start)
        } catch {
            throw .unusable(name, "cannot be written: \(error.reason)")
        }
    }

    private static let shrunk = "has become smaller since it was registered"
}

extension ProtocolError {
    static func registration(of name: String, _ sentence: String) -> ProtocolError {
        ProtocolError(.invalidArgument, "failed to register shared memory region '\(name)': \(sentence)")
    }

    /// Begins with Triton's text; what the kernel says follows, for whoever may register is told.
    fileprivate static func unopened(_ key: String, _ fault: FileFault) -> ProtocolError {
        let reason = if case .system(let error) = fault { error.reason } else { "\(fault)" }
        return ProtocolError(.internalFault, "Unable to open shared memory region: '\(key)': \(reason)")
    }

    fileprivate static func unusable(_ name: String, _ sentence: String) -> ProtocolError {
        ProtocolError(.invalidArgument, "shared memory region '\(name)' \(sentence)")
    }
}
