import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol

/// Answers the resources of shared memory, of the system's and of CUDA's.
///
/// - Isolation: any thread; what callers may is decided before.
/// - Source: Triton's `HandleSystemSharedMemory` and `HandleCudaSharedMemory`, the latter of a build without GPU.
struct SharedMemoryAnswers: Sendable {
    /// Whose memory a path means.
    enum Kind: Equatable {
        case system
        case cuda
    }

    /// What is to be done with a region.
    enum Verb: Equatable {
        case status
        case register
        case unregister
    }

    let regions: SharedMemoryRegions
    /// Whether clients may register regions.
    let isAllowed: Bool

    /// What a call that changes regions is told, whoever makes it, where none may be registered.
    func checkAllowed() throws(ProtocolError) {
        guard isAllowed else {
            throw ProtocolError(
                .unsupported,
                "Client shared memory is disabled. Start the server with '--allow-client-shm=true' to enable.")
        }
    }

    /// Writes the regions, or one of them.
    func status(_ kind: Kind, _ name: String?, to reply: inout ByteBuffer) throws(ProtocolError) {
        append(try entries(kind, name), to: &reply)
    }

    /// The regions of a kind, or one of them.
    func entries(_ kind: Kind, _ name: String?) throws(ProtocolError) -> [RegionTable.Entry] {
        let table = regions.current
        guard let name else { return kind == .system ? table.entries : [] }
        switch (kind, table.entry(named: name)) {
        case (.system, .some(let entry)): return [entry]
        case (.system, .none):
            throw ProtocolError(.notFound, "Unable to find system shared memory region: '\(name)'")
        case (.cuda, .some):
            throw ProtocolError(
                .notFound,
                "The region named '\(name)' is registered as system shared memory, not CUDA shared memory")
        case (.cuda, .none):
            throw ProtocolError(.notFound, "Unable to find cuda shared memory region: '\(name)'")
        }
    }

    private func append(_ entries: [RegionTable.Entry], to reply: inout ByteBuffer) {
        reply.append("[")
        for (index, entry) in entries.enumerated() {
            reply.append(index == 0 ? "{\"name\":" : ",{\"name\":" as StaticString)
            reply.appendJSONString(entry.region.name)
            reply.append(",\"key\":")
            reply.appendJSONString(entry.key)
            reply.append(",\"offset\":")
            reply.appendDecimal(UInt(entry.offset))
            reply.append(",\"byte_size\":")
            reply.appendDecimal(entry.region.byteCount)
            reply.append("}")
        }
        reply.append("]")
    }

    /// Registers a region.
    ///
    /// - Parameter registration: reads what is to be registered.
    func register(
        _ kind: Kind, _ name: String?, _ registration: () throws(ProtocolError) -> SharedMemoryRegistration
    ) throws(ProtocolError) {
        guard let name else {
            throw ProtocolError(
                .invalidArgument,
                "'region name' is necessary to register \(kind == .system ? "system" : "cuda") shared memory region")
        }
        guard kind == .system else {
            throw ProtocolError(
                .invalidArgument,
                "failed to register CUDA shared memory region: '\(name)', GPUs not supported")
        }
        guard name.utf8.count <= SharedMemoryLimits.nameByteCount else {
            throw .registration(
                of: String(name.prefix(SharedMemoryLimits.nameByteCount)),
                "the name has more than \(SharedMemoryLimits.nameByteCount) bytes")
        }
        let registration = try registration()
        try check(regions.current.action(forRegistering: name), name)
        let region = try SharedMemoryRegion(name: name, registration)
        // Somebody may have been faster meanwhile.
        try check(
            regions.register(
                RegionTable.Entry(key: registration.key, offset: registration.offset, region: region)), name)
    }

    private func check(_ action: RegionTable.RegisterAction, _ name: String) throws(ProtocolError) {
        switch action {
        case .added: return
        case .refuseName:
            throw ProtocolError(.alreadyExists, "shared memory region '\(name)' already in manager")
        case .refuseMore:
            throw .registration(
                of: name, "\(SharedMemoryLimits.regionCount) regions are registered, and no more may be")
        }
    }

    /// Forgets a region, or all of a kind; there are none of CUDA's.
    func unregister(_ kind: Kind, _ name: String?) {
        if kind == .system { _ = regions.unregister(name) }
    }
}
