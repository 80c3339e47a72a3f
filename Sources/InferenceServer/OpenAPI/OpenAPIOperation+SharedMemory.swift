import HTTPConnections

extension OpenAPIOperation {
    /// The operations on regions of shared memory.
    ///
    /// - Parameters:
    ///   - kind: as it begins the paths.
    ///   - name: as people write it.
    static func memoryOperations(_ kind: String, name: String) -> [OpenAPIOperation] {
        let path = "/v2/\(kind)sharedmemory"
        let disabled = Answer.error(.notImplemented, "The server runs without `--allow-client-shm`.")
        let forbidden = Answer.error(.forbidden, "The caller may not.")
        let unknown = Answer.error(.notFound, "There is no such region.")
        return [
            OpenAPIOperation(
                path: "\(path)/status", method: .get, id: "\(kind)MemoryStatus", group: .sharedMemory,
                summary: "\(name) regions that are registered",
                answers: [Answer(.ok, "The regions.", .json("Regions"))]),
            OpenAPIOperation(
                path: "\(path)/region/{region}/status", method: .get, id: "\(kind)MemoryRegionStatus",
                group: .sharedMemory, summary: "One \(name) region",
                answers: [Answer(.ok, "The region.", .json("Regions")), unknown]),
            OpenAPIOperation(
                path: "\(path)/region/{region}/register", method: .post, id: "\(kind)MemoryRegister",
                group: .sharedMemory, summary: "Register a \(name) region",
                description: kind == "cuda" ? "Refused: this server uses no GPU." : "`key` names a POSIX object.",
                request: Request(
                    content: .json("RegionRegistration"), isRequired: true,
                    example: #"{"key": "/features", "offset": 0, "byte_size": 148}"#),
                answers: [
                    Answer(.ok, "Done.", .none), forbidden, disabled,
                    .error(.internalServerError, "The object cannot be opened."),
                ], isAdministrative: true),
            OpenAPIOperation(
                path: "\(path)/region/{region}/unregister", method: .post, id: "\(kind)MemoryUnregister",
                group: .sharedMemory, summary: "Forget a \(name) region",
                answers: [Answer(.ok, "Done.", .none), forbidden, disabled], isAdministrative: true),
            OpenAPIOperation(
                path: "\(path)/register", method: .post, id: "\(kind)MemoryRegisterUnnamed", group: .sharedMemory,
                summary: "Refused: a region is registered under a name",
                answers: [forbidden, disabled], isAdministrative: true),
            OpenAPIOperation(
                path: "\(path)/unregister", method: .post, id: "\(kind)MemoryUnregisterAll", group: .sharedMemory,
                summary: "Forget all \(name) regions",
                answers: [Answer(.ok, "Done.", .none), forbidden, disabled], isAdministrative: true),
        ]
    }
}
