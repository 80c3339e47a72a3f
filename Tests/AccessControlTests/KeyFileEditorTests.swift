import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import AccessControl

@Suite struct KeyFileEditorTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/keys.json" }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        // The structure is the one that the call fills.
        return unsafe stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test func `a key that was added is recognised, and one that was revoked is not`() throws {
        let editor = KeyFileEditor(path)
        var wanted = KeyFileEditor.NewKey()
        wanted.name = "night\tshift"
        wanted.models = ["fraud"]
        wanted.requestsPerSecond = 5
        let first = try editor.add(wanted, at: 1_796_018_400)
        var named = KeyFileEditor.NewKey()
        named.id = APIKeyID("ops")
        named.scope = .admin
        let second = try editor.add(named, at: 1)
        #expect(second.id.description == "ops" && second.text.hasPrefix("rk_ops_"))
        #expect(mode(path) == 0o600 && mode(path + ".new") == 0)

        let keys = try editor.keys()
        #expect(keys.map(\.id) == [first.id, second.id])
        #expect(keys[0].name == "night\tshift" && keys[0].models == ["fraud"])
        #expect(keys[0].limit == RateLimit(requestsPerSecond: 5, burst: 5) && keys[0].createdSeconds == 1_796_018_400)
        let table = APIKeyTable(keys, loopCount: 1)
        for text in [first.text, second.text] {
            let bytes = Array(text.utf8)
            guard let presented = PresentedKey(bytes.span) else {
                Issue.record("a key")
                return
            }
            #expect(table.entry(for: presented) != nil)
        }
        let content = try FileSystem.readText(path, byteCountLimit: 1 << 20)
        #expect(!content.contains(String(first.text.suffix(64))), "the secret is not in the file")

        try editor.revoke(first.id)
        #expect(try editor.keys().map(\.id) == [second.id])
        #expect(throws: KeyFileEditor.Fault(message: "\(path): there is no key \(first.id)")) {
            try editor.revoke(first.id)
        }
        #expect(throws: KeyFileEditor.Fault(message: "\(path): there is a key ops")) {
            _ = try editor.add(named, at: 1)
        }
    }

    @Test func `a file with a fault is left as it is`() throws {
        folder.write("{\"keys\": [}", to: "keys.json")
        let editor = KeyFileEditor(path)
        #expect(throws: KeyFileEditor.Fault.self) { _ = try editor.add(KeyFileEditor.NewKey(), at: 0) }
        #expect(try FileSystem.readText(path, byteCountLimit: 100) == "{\"keys\": [}")
        #expect(throws: KeyFileEditor.Fault.self) { _ = try KeyFileEditor(folder.path + "/none").keys() }
        #expect(throws: KeyFileEditor.Fault.self) { _ = try KeyFileEditor("/nowhere/at/all").add(.init(), at: 0) }
    }

    @Test func `two do not change a file at once`() throws {
        guard let held = try FileLock(path + ".lock") else {
            Issue.record("nobody else holds the lock")
            return
        }
        #expect(throws: KeyFileEditor.Fault.self) { _ = try KeyFileEditor(path).add(.init(), at: 0) }
        withExtendedLifetime(held) {}
    }

    @Test func `listings name keys and nothing that opens`() throws {
        let editor = KeyFileEditor(path)
        var wanted = KeyFileEditor.NewKey()
        wanted.id = APIKeyID("a1")
        wanted.name = "x\u{1b}[31m"
        wanted.models = ["m", "n"]
        wanted.requestsPerSecond = 0.5
        wanted.burst = 3
        let added = try editor.add(wanted, at: 7)
        #expect(
            KeyListing.text(of: try editor.keys(), asJSON: false)
                == "ID  SCOPE  RATE      MODELS  NAME\na1  infer  0.5/s, 3  m,n     x?[31m\n")
        #expect(
            KeyListing.text(of: try editor.keys(), asJSON: true)
                == "{\"id\":\"a1\",\"name\":\"x\\u001b[31m\",\"scope\":\"infer\",\"models\":[\"m\",\"n\"],"
                + "\"requests_per_second\":0.5,\"burst\":3,\"created\":7}\n")
        #expect(KeyListing.text(ofNew: added.id, added.text, asJSON: false) == added.text + "\n")
        #expect(
            KeyListing.text(ofNew: added.id, added.text, asJSON: true)
                == "{\"id\":\"a1\",\"key\":\"\(added.text)\"}\n")
    }
}
