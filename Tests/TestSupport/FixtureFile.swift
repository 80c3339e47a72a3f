import LinuxSystem

/// Files in the folder `Fixtures` beside a test.
package enum FixtureFile {
    /// The content of a file; an absent one fails the test.
    package static func text(_ name: String, testFile: String = #filePath) throws -> String {
        let folder = testFile.split(separator: "/").dropLast().joined(separator: "/")
        return try FileSystem.readText("/" + folder + "/Fixtures/" + name, byteCountLimit: 64 << 20)
    }

    /// The content of a file as bytes.
    package static func bytes(_ name: String, testFile: String = #filePath) throws -> [UInt8] {
        let folder = testFile.split(separator: "/").dropLast().joined(separator: "/")
        let content = try FileSystem.read("/" + folder + "/Fixtures/" + name, byteCountLimit: 64 << 20)
        return content.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }
}
