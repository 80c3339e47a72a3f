import Glibc

/// The folder into which the running tests were built, and the programs in it.
package enum BuiltProducts {
    /// The folder of this configuration, for example `.build/x86_64-unknown-linux-gnu/debug`.
    package static let folder: String = {
        // The test bundle lies in that folder; its runner is either the bundle itself or has it as an argument.
        for word in CommandLine.arguments + [executablePath] where word.contains(".xctest") {
            let components = word.split(separator: "/", omittingEmptySubsequences: false)
            if let bundle = components.firstIndex(where: { $0.hasSuffix(".xctest") }) {
                return components[..<bundle].joined(separator: "/")
            }
        }
        return RepositoryRoot.path + "/.build/debug"
    }()

    /// The server's program.
    package static var rowan: String { folder + "/rowan" }

    /// The program that clients meet: what `ROWAN_BINARY` names, which is a release build in a whole run of the tests.
    package static var releasedRowan: String {
        // The variables of this process do not change while its tests run, and the text is copied.
        guard let path = unsafe getenv("ROWAN_BINARY") else { return rowan }
        return unsafe String(cString: path)
    }

    private static var executablePath: String {
        var path = [CChar](repeating: 0, count: 4_096)
        // The kernel writes at most as many bytes as it is told.
        let count = unsafe readlink("/proc/self/exe", &path, path.count)
        return String(decoding: path.prefix(max(count, 0)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
