import CBuildFacts
import InferenceServer
import TreeEnsembles

#if Jemalloc
    import CJemalloc
#endif

/// What `rowan --version` prints: which build this is and what the machine offers it.
enum VersionReport {
    /// Which build this is.
    static var build: BuildFacts {
        // Both functions return literals of the program.
        unsafe BuildFacts(
            commit: String(cString: rowan_build_commit()), compiler: String(cString: rowan_build_compiler()))
    }

    static var text: String {
        let build = build
        let sets = InstructionSet.present.map(\.rawValue).joined(separator: ", ")
        return """
            rowan \(ServerVersion.text), commit \(build.commit)
            compiler: \(build.compiler)
            instruction sets found: \(sets)
            allocator: \(allocator)

            """
    }

    /// The allocator that answers, by its own account.
    private static var allocator: String {
        #if Jemalloc
            var version: UnsafePointer<CChar>?
            var size = unsafe MemoryLayout<UnsafePointer<CChar>?>.size
            // jemalloc writes a pointer to a literal of its own into `version`, whose size it is told.
            let code = unsafe mallctl("version", &version, &size, nil, 0)
            guard code == 0, let version = unsafe version else { return "jemalloc of an unknown version" }
            return unsafe "jemalloc \(String(cString: version))"
        #else
            return "the C library's"
        #endif
    }
}
