import ModelRepository
import OpenInferenceProtocol
import TestSupport
import Testing

@testable import InferenceServer

/// Who may change the server: every way to look like somebody on this machine.
struct AdminAccessTests {
    private static func facts(_ change: (inout AdminAccess.Facts) -> Void = { _ in }) -> AdminAccess.Facts {
        var facts = AdminAccess.Facts()
        facts.isLoopback = true
        facts.hosts = ["localhost:8000"]
        change(&facts)
        return facts
    }

    private static let notLocal = "this call is answered only to callers on this machine, or with --admin-token-file"
    private static let notDirect =
        "this call came by a proxy or from a page: it is answered only with --admin-token-file"

    @Test(arguments: [
        "localhost", "localhost:8000", "LocalHost:1", "127.0.0.1", "127.0.0.1:8000", "127.8.9.10:80", "[::1]",
        "[::1]:8000", "[::ffff:127.0.0.1]:8000",
    ])
    func `a direct caller of this machine may`(host: String) {
        #expect(AdminAccess().verdict(on: Self.facts { $0.hosts = [host] }) == .permitted(.local))
        let page = Self.facts {
            $0.hosts = [host]
            $0.origins = ["http://\(host)"]
        }
        #expect(AdminAccess().verdict(on: page) == .permitted(.local), "a page of this server's own")
    }

    @Test func `a client of HTTP/1.0 names no host`() {
        #expect(AdminAccess().verdict(on: Self.facts { $0.hosts = [] }) == .permitted(.local))
    }

    @Test func `nobody else may`() {
        #expect(AdminAccess().verdict(on: Self.facts { $0.isLoopback = false }) == .refused(Self.notLocal))
        let refused: [AdminAccess.Facts] = [
            Self.facts { $0.isForwarded = true },
            Self.facts { $0.origins = ["https://example.com"] },
            Self.facts { $0.origins = ["null"] },
            Self.facts { $0.origins = ["http://localhost:3000"] },
            Self.facts { $0.origins = ["http://localhost:8000", "https://example.com"] },
            Self.facts { $0.hosts = ["localhost", "localhost"] },
        ]
        for facts in refused { #expect(AdminAccess().verdict(on: facts) == .refused(Self.notDirect), "\(facts)") }
        for host in [
            "example.com", "example.com:8000", "localhost.example.com", "10.0.0.1", "128.0.0.1", "0.0.0.0", "", ":80",
            "[::2]", "[::1", "[]", "127.0.0.1.example.com", "[::1].example.com", "[::1]example.com:80", "[::1]:x",
        ] {
            let facts = Self.facts { $0.hosts = [host] }
            #expect(AdminAccess().verdict(on: facts) == .refused(Self.notDirect), "\(host)")
        }
    }

    @Test func `with a token nothing else counts`() {
        let access = AdminAccess(token: Array("a-token-of-a-length".utf8))
        func verdict(_ authorizations: [String], isLoopback: Bool = true) -> AdminAccess.Verdict {
            access.verdict(
                on: Self.facts {
                    $0.isLoopback = isLoopback
                    $0.isForwarded = !isLoopback
                    $0.authorizations = authorizations
                })
        }
        #expect(verdict(["Bearer a-token-of-a-length"]) == .permitted(.token))
        #expect(verdict(["bearer  a-token-of-a-length"], isLoopback: false) == .permitted(.token))
        let refusal = AdminAccess.Verdict.refused("this call needs the admin token in Authorization: Bearer")
        for given in [
            [], ["Bearer"], ["Bearer "], ["Basic a-token-of-a-length"], ["Bearer a-token-of-a-lengtH"],
            ["Bearer a-token-of-a-length2"], ["Bearer a-token-of-a-lengt"],
            ["Bearer a-token-of-a-length", "Bearer a-token-of-a-length"],
        ] {
            #expect(verdict(given) == refusal, "\(given)")
        }
    }

    @Test func `a token is read from a file of one line`() throws {
        let folder = TemporaryFolder()
        func access(_ content: String) throws(StartFault) -> AdminAccess {
            folder.write(content, to: "token")
            return try AdminAccess(tokenFile: folder.path + "/token")
        }
        let facts = Self.facts { $0.authorizations = ["Bearer 0123456789abcdef"] }
        #expect(try access("0123456789abcdef\n").verdict(on: facts) == .permitted(.token))
        #expect(try access("0123456789abcdef \r\n\n").verdict(on: facts) == .permitted(.token))
        #expect(try AdminAccess(tokenFile: nil).verdict(on: facts) == .permitted(.local))
        let bounds = RepositoryControlLimits.tokenByteCounts
        let wrong = [
            "", "\n", "short", "two words of a token", "0123456789abcde\u{e9}",
            String(repeating: "a", count: bounds.lowerBound - 1), String(repeating: "a", count: bounds.upperBound + 1),
        ]
        for content in wrong {
            #expect(throws: StartFault.self, "\(content)") { _ = try access(content) }
        }
        #expect(throws: StartFault.self) { _ = try AdminAccess(tokenFile: folder.path + "/none") }
    }

    @Test func `a call waits only where models are loaded on request, and not behind too many`() {
        let limit = RepositoryControlLimits.waitingCalls
        func code(_ isQualified: Bool, _ mode: ModelLife.Control, _ waiting: Int) -> ProtocolError.Code? {
            InferenceHandler.refusal(isQualified: isQualified, mode: mode, waitingCount: waiting)?.code
        }
        #expect(code(false, .explicit, 0) == nil && code(false, .explicit, limit - 1) == nil)
        #expect(code(false, .explicit, limit) == .unavailable)
        #expect(code(true, .explicit, 0) == .unsupported)
        #expect(code(false, .poll, 0) == .unavailable && code(false, .none, 0) == .unavailable)
    }
}
