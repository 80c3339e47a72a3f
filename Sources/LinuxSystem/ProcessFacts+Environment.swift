import CShims
import Glibc

extension ProcessFacts {
    /// All environment variables whose name begins with a prefix; bytes that are not UTF-8 are replaced.
    ///
    /// - Isolation: before start only.
    package static func environment(prefix: String) -> [String: String] {
        var variables: [String: String] = [:]
        // Nobody changes the environment; the list ends with nil and each entry with a zero byte.
        guard var entry = unsafe rowan_environment() else { return [:] }
        while let text = unsafe entry.pointee {
            let pair = unsafe String(cString: text)
            if pair.hasPrefix(prefix), let equals = pair.firstIndex(of: "=") {
                variables[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            unsafe entry += 1
        }
        return variables
    }

    /// The number under which the kernel knows the process.
    package static var identity: Int { Int(getpid()) }
}
