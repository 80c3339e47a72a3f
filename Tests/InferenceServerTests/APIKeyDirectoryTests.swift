import AccessControl
import LinuxSystem
import TestSupport
import Testing

@testable import InferenceServer

@Suite struct APIKeyDirectoryTests {
    private let folder = TemporaryFolder()
    private let sink = MemorySink()

    @Test func `a file is read again when it has changed, and a bad one changes nothing`() throws {
        let path = folder.path + "/keys.json"
        let log = EventLog(level: .info, format: .text, sink: sink, now: { 0 })
        let editor = KeyFileEditor(path)
        let first = try editor.add(KeyFileEditor.NewKey(), at: 0)
        let directory = try APIKeyDirectory(path: path, loopCount: 2)
        #expect(directory.table.entries.map(\.key.id) == [first.id])
        #expect(directory.look(log) == nil)

        let second = try editor.add(KeyFileEditor.NewKey(), at: 0)
        #expect(directory.look(log)?.entries.map(\.key.id) == [first.id, second.id])
        #expect(directory.look(log) == nil && sink.lines.count == 1)

        folder.write("{", to: "keys.json")
        for _ in 0..<3 { #expect(directory.look(log) == nil) }
        #expect(sink.lines.count == 2 && sink.lines[1].contains("ERROR the file of API keys cannot be used"))
        #expect(directory.table.entries.count == 2)
        #expect(unlinked(path))
        for _ in 0..<3 { #expect(directory.look(log) == nil) }
        #expect(sink.lines.count == 3 && sink.lines[2].contains("No such file"))

        _ = try editor.add(KeyFileEditor.NewKey(), at: 0)
        #expect(directory.look(log)?.entries.count == 1)
    }

    private func unlinked(_ path: String) -> Bool {
        (try? FileSystem.remove(path)) != nil
    }

    @Test func `a file that cannot be read ends the start`() {
        let path = folder.path + "/none"
        #expect(throws: StartFault("--api-keys-file \(path): No such file or directory (open)")) {
            _ = try APIKeyDirectory(path: path, loopCount: 1)
        }
    }
}
