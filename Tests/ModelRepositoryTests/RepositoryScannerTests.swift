import Glibc
import TestSupport
import Testing

@testable import ModelRepository

extension TemporaryFolder {
    func makeDirectory(_ name: String) {
        var folder = path
        for component in name.split(separator: "/") {
            folder += "/\(component)"
            _ = unsafe mkdir(folder, 0o755)
        }
    }

    func makeLink(_ name: String, to target: String) {
        let result = unsafe symlink(target, "\(path)/\(name)")
        precondition(result == 0, "no link for a test")
    }

    func makePipe(_ name: String) {
        let result = unsafe mkfifo("\(path)/\(name)", 0o644)
        precondition(result == 0, "no pipe for a test")
    }
}

struct RepositoryScannerTests {
    @Test(
        arguments: [
            ("1", 1), ("10", 10), ("9223372036854775807", Int64.max), ("0", nil), ("01", nil), ("1a", nil),
            ("9.0", nil),
            ("-5", nil), ("+1", nil), ("", nil), ("9223372036854775808", nil), ("99999999999999999999", nil),
            ("١", nil),
        ] as [(String, Int64?)])
    func `a version is decimal digits without leading zeros`(_ name: String, _ number: Int64?) {
        #expect(RepositoryScanner.versionNumber(of: name) == number)
    }

    @Test(arguments: [
        ("m", true), ("größe 1", true), ("", false), (".hidden", false), ("..", false), ("a/b", false),
        ("a\\b", false), ("a\nb", false), ("a\u{7F}", false), ("a\u{FFFD}", false),
        (String(repeating: "n", count: ModelRepositoryLimits.modelNameByteLimit), true),
        (String(repeating: "n", count: ModelRepositoryLimits.modelNameByteLimit + 1), false),
    ])
    func `a model's name is one plain path component`(_ name: String, _ isSafe: Bool) {
        #expect(ModelName.isSafe(name) == isSafe)
    }

    @Test func `directories are models, numbers are versions, the rest is named or known`() {
        let folder = TemporaryFolder()
        folder.write("", to: "README.md")
        folder.makeDirectory(".git/1")
        folder.write("", to: "a/config.pbtxt")
        folder.write("", to: "a/rowan.pbtxt")
        for child in ["2", "10", "01", "warmup", "configs", "initial_state", ".cache", "draft"] {
            folder.makeDirectory("a/\(child)")
        }
        folder.makeDirectory("b")
        folder.makeDirectory("c\nd/1")
        let scan = RepositoryScanner.scan(repositories: [folder.path], models: [])
        #expect(scan.models.map(\.name) == ["a", "b"])
        #expect(scan.models[0].versions.map(\.number) == [2, 10])
        #expect(scan.models[0].hasConfiguration && scan.models[0].hasRowanConfiguration)
        #expect(!scan.models[1].hasConfiguration && scan.models[1].versions.isEmpty)
        let ignored = "not the decimal number of a version; the directory is ignored"
        #expect(
            scan.notices.map(\.description) == [
                "a/01: \(ignored)", "a/draft: \(ignored)",
                "c\nd: a model cannot have this name; the directory is ignored",
            ])
    }

    @Test func `links are followed, and one that leads nowhere or in a circle is no model`() {
        let folder = TemporaryFolder()
        folder.makeDirectory("elsewhere/5")
        folder.makeDirectory("repository")
        folder.makeLink("repository/m", to: "../elsewhere")
        folder.makeLink("repository/gone", to: "nowhere")
        folder.makeLink("repository/circle", to: "circle")
        folder.makePipe("repository/pipe")
        let scan = RepositoryScanner.scan(repositories: [folder.path + "/repository"], models: [])
        #expect(scan.models.map(\.name) == ["m"])
        #expect(scan.models[0].versions.map(\.number) == [5])
    }

    @Test func `a name in two repositories is unavailable as a duplicate`() {
        let first = TemporaryFolder()
        let second = TemporaryFolder()
        first.makeDirectory("m/1")
        second.makeDirectory("m/1")
        second.makeDirectory("n/1")
        let scan = RepositoryScanner.scan(repositories: [first.path, second.path], models: [])
        #expect(scan.models.map(\.name) == ["m", "n"])
        #expect(
            scan.models[0].fault?.description == "m: duplicate: the model stands in more than one repository")
        #expect(scan.models[1].fault == nil)
        #expect(scan.notices.map(\.description) == ["m: stands in \(first.path)/m and \(second.path)/m"])
    }

    @Test func `names that differ in their normalisation alone are told of, and found by their bytes`() {
        let folder = TemporaryFolder()
        let (one, other) = ("caf\u{E9}", "cafe\u{301}")
        folder.makeDirectory("\(one)/1")
        let alone = RepositoryScanner.scan(repositories: [folder.path], models: [], named: other)
        #expect(alone.models.isEmpty)
        folder.makeDirectory("\(other)/1")
        let both = RepositoryScanner.scan(repositories: [folder.path], models: [])
        #expect(both.models.count == 1)
        #expect(
            both.models.first?.fault?.sentence
                == "duplicate: another model's name differs in nothing but its Unicode normalisation")
        let named = RepositoryScanner.scan(repositories: [folder.path], models: [], named: other)
        #expect(named.models.map { Array($0.name.utf8) } == [Array(other.utf8)])
    }

    @Test func `a repository that is missing or a file is reported`() {
        let folder = TemporaryFolder()
        folder.write("", to: "file")
        let scan = RepositoryScanner.scan(repositories: [folder.path + "/none", folder.path + "/file"], models: [])
        #expect(
            scan.unreadableRepositories.map(\.description) == [
                "\(folder.path)/none: No such file or directory", "\(folder.path)/file: Not a directory",
            ])
    }

    /// With links: as many directories take most of a minute on some disks.
    @Test func `entries of a directory are limited`() throws {
        let folder = TemporaryFolder()
        folder.makeDirectory("m")
        let limit = ModelRepositoryLimits.directoryEntryLimit
        for number in 1...limit { folder.makeLink("m/\(number)", to: "nowhere") }
        let path = folder.path + "/m"
        #expect(try RepositoryScanner.list(path, shownAs: "m").count == limit)
        folder.makeLink("m/0", to: "nowhere")
        #expect(
            throws: LoadFault.arrangement(path: "m", sentence: "\(limit + 1) entries, \(limit) are permitted")
        ) {
            try RepositoryScanner.list(path, shownAs: "m")
        }
    }

    @Test func `a model is given by its directory, a version's directory or its file`() {
        let folder = TemporaryFolder()
        folder.write("x", to: "versions/3/model.json")
        folder.write("x", to: "mount/model.json")
        let models = [
            (name: "a", path: folder.path + "/versions"), (name: "b", path: folder.path + "/mount"),
            (name: "c", path: folder.path + "/mount/model.json"), (name: "d", path: folder.path + "/none"),
        ]
        let scan = RepositoryScanner.scan(repositories: [], models: models)
        #expect(scan.models.map { $0.versions.map(\.number) } == [[3], [1], [1], []])
        #expect(scan.models[2].versions[0].isFile)
        #expect(scan.models[3].fault?.description == "d: No such file or directory")
    }
}
