import LinuxSystem

/// Adds keys to a file and takes them out, for `rowan key`.
///
/// A change is written beside the file and takes its place in one step, so that a server never reads half of it. Who
/// changes the file holds a lock meanwhile.
///
/// - Isolation: any thread; calls may block.
package struct KeyFileEditor: Sendable {
    /// Why nothing was changed or read, as a sentence with cause and remedy.
    package struct Fault: Error, Equatable, Sendable {
        package let message: String
    }

    /// What a new key is to be.
    package struct NewKey: Equatable, Sendable {
        /// nil for one that is chosen.
        package var id: APIKeyID?
        package var name = ""
        package var scope = APIKey.Scope.infer
        /// nil for all.
        package var models: [String]?
        package var requestsPerSecond: Double?
        /// nil for what a second permits.
        package var burst: Int?

        package init() {}
    }

    private let path: String

    /// Names the file; it need not exist.
    package init(_ path: String) {
        self.path = path
    }

    /// The keys of the file.
    package func keys() throws(Fault) -> [APIKey] { try read().keys }

    /// Adds a key.
    ///
    /// - Parameter seconds: since 1970.
    /// - Returns: the key as callers show it; it cannot be had again.
    package func add(_ wanted: NewKey, at seconds: Int64) throws(Fault) -> (id: APIKeyID, text: String) {
        if let fault = SecretDigest.libraryFault { throw Fault(message: fault) }
        return try change { (file) throws(Fault) in
            let id: APIKeyID
            let secret: KeySecret
            let digest: SecretDigest
            do throws(SystemError) {
                if let chosen = wanted.id { id = chosen } else { id = try Self.unusedID(in: file) }
                secret = try KeySecret()
                digest = try SecretDigest(of: secret)
            } catch {
                throw Fault(message: "no random bytes can be had: \(error)")
            }
            guard file.key(id) == nil else { throw Fault(message: "\(path): there is a key \(id)") }
            var key = APIKey(id: id, digest: digest)
            key.name = wanted.name
            key.scope = wanted.scope
            key.models = wanted.models
            key.createdSeconds = seconds
            if let rate = wanted.requestsPerSecond {
                key.limit = RateLimit(
                    requestsPerSecond: rate, burst: wanted.burst ?? RateLimit.usualBurst(of: rate))
            }
            file.keys.append(key)
            return (id, PresentedKey.text(id, secret))
        }
    }

    /// Takes a key out.
    package func revoke(_ id: APIKeyID) throws(Fault) {
        try change { (file) throws(Fault) in
            guard file.key(id) != nil else { throw Fault(message: "\(path): there is no key \(id)") }
            file.keys.removeAll { $0.id == id }
        }
    }

    /// An id of ten letters and digits that no key of the file has.
    private static func unusedID(in file: APIKeyFile) throws(SystemError) -> APIKeyID {
        // Without letters and digits that look alike.
        let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789".utf8)
        while true {
            let bytes = try RandomBytes.make(10).map { alphabet[Int($0) % alphabet.count] }
            if let id = APIKeyID(bytes.span), file.key(id) == nil { return id }
        }
    }

    private func read() throws(Fault) -> APIKeyFile {
        let content: ByteBuffer
        do throws(FileFault) {
            content = try FileSystem.read(path, byteCountLimit: AccessControlLimits.keyFileByteCount)
        } catch {
            throw Fault(message: "\(path): \(error)")
        }
        do throws(KeyFileFault) {
            return try content.withBytes { (bytes) throws(KeyFileFault) in try APIKeyFile(bytes) }
        } catch {
            throw Fault(message: "\(path): \(error)")
        }
    }

    private func change<Result>(_ body: (inout APIKeyFile) throws(Fault) -> Result) throws(Fault) -> Result {
        let lock = try locked()
        defer { withExtendedLifetime(lock) {} }
        var file = FileSystem.exists(path) ? try read() : APIKeyFile()
        let result = try body(&file)
        guard file.keys.count <= AccessControlLimits.keyCount else {
            throw Fault(message: "\(path): has \(AccessControlLimits.keyCount) keys, as many as it may")
        }
        do throws(SystemError) {
            try write(file)
        } catch {
            throw Fault(message: "\(path): \(error)")
        }
        return result
    }

    private func locked() throws(Fault) -> FileLock {
        do throws(SystemError) {
            if let lock = try FileLock(path + ".lock") { return lock }
        } catch {
            throw Fault(message: "\(path).lock: \(error)")
        }
        throw Fault(message: "\(path): somebody else changes it at this moment; try again")
    }

    /// Only the owner of the file may read it, who stays the same.
    private func write(_ file: APIKeyFile) throws(SystemError) {
        let next = path + ".new"
        let text = Array(file.text.utf8)
        let writer = try FileWriter(next)
        try writer.write(text.span)
        try writer.finish()
        if FileSystem.exists(path) { FileSystem.copyOwner(of: path, to: next) }
        try FileSystem.rename(next, to: path)
    }
}
