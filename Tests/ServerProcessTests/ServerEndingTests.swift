import Glibc
import TestSupport
import Testing

/// How the real server ends, and what it refuses to start with.
@Suite struct ServerEndingTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal ends the server with 0, and idle connections close`(signal: Int32) throws {
        let server = try RunningServerProcess()
        let connection = try RawConnection(port: server.port)
        #expect(try connection.exchange("GET", "/v2/health/ready").status == 200)
        server.child.send(signal: signal)
        #expect(try server.child.waitForEnd() == .exited(code: 0))
        #expect(try connection.isClosedByPeer())
    }

    @Test func `a reader that has gone away does not end the server`() throws {
        let server = try RunningServerProcess()
        for _ in 0..<20 {
            let connection = try RawConnection(port: server.port)
            for _ in 0..<50 { try connection.send("GET /v2 HTTP/1.1\r\nHost: a\r\n\r\n") }
        }
        let connection = try RawConnection(port: server.port)
        #expect(try connection.exchange("GET", "/v2/health/live").status == 200)
    }

    @Test func `a port in use is named with its remedy`() throws {
        let server = try RunningServerProcess()
        let second = try ChildProcess(
            BuiltProducts.rowan,
            [
                "serve", "--model-repository", RepositoryRoot.path + "/model_repository", "--http-address", "127.0.0.1",
                "--http-port", "\(server.port)", "--metrics-port", "-1",
            ])
        #expect(try second.waitForEnd() == .exited(code: 1))
        #expect(second.errorOutput.contains("another process listens there"), "\(second.errorOutput)")
        #expect(second.errorOutput.split(separator: "\n").count == 1)
    }

    @Test func `a request that comes in pieces is answered`() throws {
        let server = try RunningServerProcess()
        let connection = try RawConnection(port: server.port)
        try connection.drip("GET /v2/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try connection.answer().status == 200)
    }
}
