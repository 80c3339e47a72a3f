import LinuxSystem
import TestSupport

/// The test vectors of the module's page, which other languages are tested against, too.
enum PublishedVectors {
    struct Vector: Sendable {
        var split: String
        var key: String
        var hash: UInt64
        var variant: String
    }

    static func read() throws -> [Vector] {
        let path = RepositoryRoot.path + "/Sources/TrafficSplitting/TrafficSplitting.docc/TrafficSplitting.md"
        let page = try FileSystem.read(path, byteCountLimit: 1 << 20)
        let text = page.withBytes { bytes in bytes.text(bytes.indices) }
        return text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.filter { $0 != " " && $0 != "`" } }
            guard line.hasPrefix("| `"), cells.count == 4, let hash = UInt64(cells[2], radix: 16) else { return nil }
            return Vector(split: cells[0], key: cells[1], hash: hash, variant: cells[3])
        }
    }
}
