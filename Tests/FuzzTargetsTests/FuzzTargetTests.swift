import FuzzTargets
import LinuxSystem
import TestSupport
import Testing

/// Every input that fuzzing has kept is read again: a breach of what must hold ends the run.
@Suite struct FuzzTargetTests {
    private static let corpora = RepositoryRoot.path + "/Tests/Fuzzing/Corpora"

    @Test(arguments: FuzzTarget.all.map(\.name))
    func `what was kept for a target still holds`(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let folder = "\(Self.corpora)/\(name)"
        let files = try FileSystem.list(folder).filter { $0.kind == .file }
        #expect(files.count >= 3)
        for file in files {
            let content = try FileSystem.read("\(folder)/\(file.name)", byteCountLimit: 1 << 20)
            target.run(content.withBytes { bytes in bytes.indices.map { bytes[$0] } })
        }
    }

    @Test func `every folder of kept inputs belongs to a target`() throws {
        let folders = try FileSystem.list(Self.corpora).map(\.name)
        #expect(Set(folders) == Set(FuzzTarget.all.map(\.name)))
    }
}
