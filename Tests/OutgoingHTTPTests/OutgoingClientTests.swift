import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import OutgoingHTTP

/// Requests over real connections to a server of the test.
@Suite struct OutgoingClientTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    private func request(
        _ method: OutgoingRequest.Method = .get, _ port: UInt16, fields: [OutgoingRequest.Field] = [],
        body: [UInt8] = [], limits: OutgoingRequest.Limits = .init()
    ) throws -> OutgoingRequest {
        OutgoingRequest(
            method, try OutgoingURL("http://127.0.0.1:\(port)/a//b/../c%20d?x=1"), fields: fields, body: body,
            limits: limits)
    }

    /// Delays as short as they can be.
    private let quick = RetryPolicy(
        attemptCount: 3, firstDelay: .milliseconds(1), delayLimit: .milliseconds(2), retryAfterLimit: .seconds(1))

    private func fault(_ body: () throws -> OutgoingResponse) -> OutgoingFault.Kind? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? OutgoingFault)?.kind
        }
    }

    @Test func `a POST carries its body and its fields, and no others that it was not given`() throws {
        let server = try ScriptedServer([.answer(Self.ok)])
        let response = try OutgoingClient().send(
            request(.post, server.port, fields: [.init("Authorization", "Bearer secret")], body: Array("{}".utf8)))
        #expect(response.status == 200 && response.body == Array("ok".utf8))
        let head = try #require(server.requests.first)
        #expect(head.hasPrefix("POST /a//b/../c%20d?x=1 HTTP/1.1\r\n"))
        #expect(head.contains("\r\nAuthorization: Bearer secret\r\n") && head.contains("\r\nContent-Length: 2\r\n"))
        #expect(head.contains("\r\nUser-Agent: rowan\r\n") && head.hasSuffix("\r\n\r\n{}"))
        #expect(!head.lowercased().contains("content-type:") && !head.lowercased().contains("expect:"))
    }

    @Test(arguments: [OutgoingRequest.Method.put, .delete, .post])
    func `methods without a body send none`(method: OutgoingRequest.Method) throws {
        let server = try ScriptedServer([.answer(Self.ok)])
        _ = try OutgoingClient().send(request(method, server.port))
        #expect(server.requests.first?.hasPrefix("\(method.rawValue) /") == true)
        #expect(server.requests.first?.hasSuffix("\r\n\r\n") == true)
    }

    @Test func `a HEAD waits for no body`() throws {
        let server = try ScriptedServer([.answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"e\"\r\n\r\n")])
        let response = try OutgoingClient().send(request(.head, server.port))
        #expect(response.status == 200 && response.field("etag") == "\"e\"" && response.body.isEmpty)
    }

    @Test func `a connection is used again`() throws {
        let server = try ScriptedServer([.answer(Self.ok), .answer(Self.ok)])
        let client = try OutgoingClient()
        for _ in 0..<2 { _ = try client.send(request(.get, server.port)) }
        #expect(server.requests.count == 2 && server.connectionCount == 1)
    }

    @Test func `what may be different the next time is tried again`() throws {
        let busy = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
        let server = try ScriptedServer([.answerAndClose(busy), .answerAndClose(""), .answer(Self.ok)])
        let response = try OutgoingClient().send(request(.get, server.port), retry: quick)
        #expect(response.status == 200 && response.attemptCount == 3)
    }

    @Test func `the last answer counts when attempts are over`() throws {
        let busy = "HTTP/1.1 429 Slow down\r\nContent-Length: 0\r\n\r\n"
        let server = try ScriptedServer([.answer(busy), .answer(busy), .answer(busy)])
        let response = try OutgoingClient().send(request(.get, server.port), retry: quick)
        #expect(response.status == 429 && response.attemptCount == 3)
    }

    @Test func `a server that asks for more patience than there is is left alone`() throws {
        let busy = "HTTP/1.1 503 Busy\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"
        let server = try ScriptedServer([.answer(busy)])
        let response = try OutgoingClient().send(request(.get, server.port), retry: quick)
        #expect(response.status == 503 && response.attemptCount == 1 && response.retryAfter == .seconds(5))
    }

    @Test func `a redirect is an answer and is not followed`() throws {
        let elsewhere = "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"
        let server = try ScriptedServer([.answer(elsewhere)])
        let response = try OutgoingClient().send(request(.get, server.port))
        #expect(response.status == 302 && response.body.isEmpty && server.requests.count == 1)
    }

    @Test func `interim answers do not count`() throws {
        let server = try ScriptedServer([.answer("HTTP/1.1 103 Hints\r\nX-A: 1\r\n\r\n" + Self.ok)])
        let response = try OutgoingClient().send(request(.get, server.port))
        #expect(response.status == 200 && response.field("x-a") == nil)
    }

    @Test(arguments: [true, false])
    func `an answer that is too large is refused, declared or not`(isDeclared: Bool) throws {
        let body = String(repeating: "x", count: 100_000)
        let length = isDeclared ? "Content-Length: 100000\r\n" : ""
        let server = try ScriptedServer([.answerAndClose("HTTP/1.1 200 OK\r\n\(length)\r\n\(body)")])
        var limits = OutgoingRequest.Limits()
        limits.responseByteCount = 99_999
        let request = try request(.get, server.port, limits: limits)
        #expect(fault { try OutgoingClient().send(request) } == .tooLarge(byteCountLimit: 99_999))
    }

    @Test func `an endless head is refused`() throws {
        let limit = OutgoingHTTPLimits.responseHeadByteCount
        let field = "X-Long: " + String(repeating: "x", count: 8_000) + "\r\n"
        let head = "HTTP/1.1 200 OK\r\n" + String(repeating: field, count: limit / 8_000 + 1)
        let server = try ScriptedServer([.answerAndStall(head)])
        let request = try request(.get, server.port)
        #expect(fault { try OutgoingClient().send(request) } == .tooLarge(byteCountLimit: limit))
    }

    @Test func `of a refusal the beginning is kept`() throws {
        let limit = OutgoingHTTPLimits.refusalByteCount
        let body = String(repeating: "x", count: limit + 1)
        let server = try ScriptedServer([.answerAndClose("HTTP/1.1 403 No\r\n\r\n\(body)")])
        var limits = OutgoingRequest.Limits()
        limits.responseByteCount = limit + 1
        let response = try OutgoingClient().send(request(.get, server.port, limits: limits))
        #expect(response.status == 403 && response.body.count == limit)
    }

    @Test func `waiting has an end`() throws {
        let server = try ScriptedServer([.answerAndStall("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")])
        var limits = OutgoingRequest.Limits()
        limits.attemptTimeout = .milliseconds(100)
        let request = try request(.get, server.port, limits: limits)
        #expect(fault { try OutgoingClient().send(request) } == .timedOut)
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", OutgoingFault.Kind.disconnected),
        ("", .disconnected),
        ("220 mail.example.org ESMTP\r\n", .malformed),
    ])
    func `what is cut or is no HTTP is no answer`(text: String, expected: OutgoingFault.Kind) throws {
        let server = try ScriptedServer([.answerAndClose(text)])
        let request = try request(.get, server.port)
        #expect(fault { try OutgoingClient().send(request) } == expected)
    }

    @Test func `a port without a listener and a name without an address are told apart`() throws {
        let nobody = try OutgoingRequest(.get, OutgoingURL("http://127.0.0.1:1/secret?token=secret"))
        #expect(fault { try OutgoingClient().send(nobody) } == .connect)
        let nameless = try OutgoingRequest(.get, OutgoingURL("http://name.invalid/"))
        #expect(fault { try OutgoingClient().send(nameless) } == .resolve)
        do {
            _ = try OutgoingClient().send(nobody)
        } catch {
            #expect(error.description == "http://127.0.0.1:1: nobody accepts connections there")
        }
    }

    @Test func `a server that speaks no TLS is not spoken to without`() throws {
        let server = try ScriptedServer([.answerAndClose(Self.ok)])
        let request = try OutgoingRequest(.get, OutgoingURL("https://127.0.0.1:\(server.port)/"))
        var limited = request
        limited.limits.connectTimeout = .milliseconds(200)
        guard let kind = fault({ try OutgoingClient().send(limited) }) else {
            Issue.record("an answer without TLS was taken")
            return
        }
        switch kind {
        case .security, .connectTimedOut, .timedOut: break
        default: Issue.record("\(kind)")
        }
    }

    @Test func `fields that would end a line are refused before anything is sent`() throws {
        for field in [OutgoingRequest.Field("X-A", "1\r\nX-B: 2"), .init("X A", "1"), .init("", "1")] {
            let request = try request(.get, 1, fields: [field])
            guard case .field? = fault({ try OutgoingClient().send(request) }) else {
                Issue.record("\(field) was sent")
                continue
            }
        }
        let long = String(repeating: "x", count: OutgoingHTTPLimits.fieldByteCount + 1)
        #expect(try request(.get, 1, fields: [.init("X-Long", long)]).unusableField == "X-Long")
        let many = Array(repeating: OutgoingRequest.Field("X", "1"), count: OutgoingHTTPLimits.fieldCount + 1)
        #expect(try request(.get, 1, fields: many).unusableField == "number 65")
    }

    @Test func `whoever interrupts ends what is under way and all that follows`() throws {
        let server = try ScriptedServer([.answerAndStall("HTTP/1.1 200 OK\r\n")])
        let interruption = Interruption()
        let request = try request(.get, server.port)
        let ended = Handover<Bool>()
        _ = try SystemThread(name: "asks") {
            let client = try? OutgoingClient(interruption: interruption)
            do throws(OutgoingFault) {
                _ = try client?.send(request, retry: RetryPolicy())
                ended.give(false)
            } catch {
                ended.give(error.kind == .interrupted)
            }
        }
        while server.requests.isEmpty { sched_yield() }
        interruption.interrupt()
        #expect(ended.take())
    }

    private final class Receiver: ResponseReceiver {
        var beginCount = 0
        var text = ""
        var byteCountLimit = 10

        func begin() { beginCount += 1 }

        func receive(_ bytes: Span<UInt8>) throws(OutgoingFault) {
            text += bytes.text(0..<bytes.count)
            if text.utf8.count > byteCountLimit { throw OutgoingFault(.receiver("no room")) }
        }
    }

    @Test func `a receiver takes the body of a success and of nothing else`() throws {
        let busy = "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"
        let server = try ScriptedServer([.answer(busy), .answer(Self.ok), .answer(busy)])
        let receiver = Receiver()
        let client = try OutgoingClient()
        let response = try client.send(request(.get, server.port), retry: quick, into: receiver)
        #expect(response.status == 200 && response.body.isEmpty)
        #expect(receiver.text == "ok" && receiver.beginCount == 2)
        #expect(try client.send(request(.get, server.port), into: receiver).body == Array("busy".utf8))
        #expect(receiver.text == "ok")
    }

    @Test func `a receiver that takes no more ends the request`() throws {
        let server = try ScriptedServer([.answer(Self.ok)])
        let receiver = Receiver()
        receiver.byteCountLimit = 1
        let request = try request(.get, server.port)
        #expect(fault { try OutgoingClient().send(request, retry: quick, into: receiver) } == .receiver("no room"))
        #expect(receiver.beginCount == 1)
    }
}
