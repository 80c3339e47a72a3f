import LinuxSystem
import Testing

@testable import HTTPConnections

/// Fields become the same head as those of HTTP/1.1, with the same limits.
struct HTTP2RequestFieldsTests {
    private static let bodyByteCountLimit = 1_000

    /// What a handler sees of a request.
    private struct Request: Equatable {
        var fault: HTTPFault?
        var method = HTTPMethod.other
        var methodText = ""
        var path = ""
        var query = ""
        var fields: [String] = []
        var contentLength = -1
        var isGRPC = false
    }

    private static func read(_ list: [(String, String)]) -> Request {
        var head = HTTPRequestHead()
        head.reset()
        var fields = HTTP2RequestFields()
        var bytes = ByteBuffer()
        for (name, value) in list {
            fields.received(Array(name.utf8).span, Array(value.utf8).span, into: &head, &bytes)
        }
        var request = Request()
        request.fault = fields.ended(bodyByteCountLimit: bodyByteCountLimit, in: &head, &bytes)
        guard request.fault == nil else { return request }
        #expect(head.majorVersion == 2 && head.keepsAlive && !head.isChunked)
        request.method = head.method
        request.methodText = bytes.bytes.text(head.methodRange)
        request.path = bytes.bytes.text(head.pathRange)
        request.query = bytes.bytes.text(head.queryRange)
        for index in 0..<head.fieldCount {
            let name = bytes.bytes.text(head.nameRange(ofField: index))
            request.fields.append("\(name)=\(bytes.bytes.text(head.valueRange(ofField: index)))")
        }
        request.contentLength = head.contentLength
        request.isGRPC = head.isGRPC
        return request
    }

    private static func get(_ path: String, _ more: (String, String)...) -> [(String, String)] {
        [(":method", "GET"), (":scheme", "http"), (":path", path), (":authority", "a:1")] + more
    }

    @Test func `pseudo-fields become the request line and host`() {
        let request = Self.read(Self.get("/v2/models?x=1?y", ("accept", "*/*")))
        #expect(
            request
                == Request(
                    method: .get, methodText: "GET", path: "/v2/models", query: "x=1?y",
                    fields: ["accept=*/*", "host=a:1"]))
    }

    @Test func `known fields have their meaning`() {
        var list = Self.get("/", ("content-length", "17"), ("content-type", "application/grpc+proto"))
        list[0].1 = "POST"
        let request = Self.read(list)
        #expect(request.contentLength == 17 && request.isGRPC && request.method == .post)
    }

    @Test(arguments: [
        ("application/grpc", true), ("application/grpc+proto", true), ("application/grpc;a=b", true),
        ("application/grpc-web", false), ("application/json", false), ("application/grp", false),
    ])
    func `calls of gRPC are known by their content type`(type: String, isGRPC: Bool) {
        #expect(Self.read(Self.get("/", ("content-type", type))).isGRPC == isGRPC)
    }

    static let hosts: [(String?, String?, HTTPFault?)] = [
        ("a:1", "a:1", nil), ("a:1", "A:1", nil), ("a:1", "b", .differingHosts), (nil, "b", nil),
        ("a b", nil, .malformedHost), (nil, nil, .missingHost),
    ]

    @Test(arguments: hosts)
    func `host and authority agree`(authority: String?, host: String?, fault: HTTPFault?) {
        var list = [(":method", "GET"), (":scheme", "http"), (":path", "/")]
        if let authority { list.append((":authority", authority)) }
        if let host { list.append(("host", host)) }
        let request = Self.read(list)
        #expect(request.fault == fault)
        if fault == nil { #expect(request.fields == ["host=\(host ?? authority ?? "")"]) }
    }

    @Test(arguments: [
        ("/", nil), ("/a?", nil), ("*", nil), ("", HTTPFault.malformedTarget), ("a", .malformedTarget),
        ("/a b", .malformedTarget), ("/a#b", .fragmentInTarget), ("/\u{7f}", .malformedTarget),
        ("/é", .malformedTarget), ("http://a/", .malformedTarget),
    ])
    func `targets are paths`(path: String, fault: HTTPFault?) {
        #expect(Self.read(Self.get(path)).fault == fault)
    }

    @Test(arguments: [
        (("content-length", "x"), HTTPFault.malformedContentLength), (("content-length", "1001"), .bodyTooLong),
        (("content-length", "1000"), nil), (("expect", "x"), .unsupportedExpectation),
        (("expect", "100-continue"), nil), (("transfer-encoding", "gzip"), .unsupportedTransferEncoding),
    ])
    func `faults of fields are told`(field: (String, String), fault: HTTPFault?) {
        #expect(Self.read(Self.get("/", field)).fault == fault)
    }

    @Test func `a tunnel is refused`() {
        #expect(Self.read([(":method", "CONNECT"), (":authority", "a:1")]).fault == .connectRefused)
    }

    @Test(arguments: [(HTTPLimits.fieldCount - 1, nil), (HTTPLimits.fieldCount, HTTPFault.tooManyFields)])
    func `as many fields are taken as in HTTP/1, host among them`(count: Int, fault: HTTPFault?) {
        let fields = (0..<count).map { ("x-\($0)", "1") }
        let request = Self.read(Self.get("/") + fields)
        #expect(request.fault == fault)
    }

    @Test(arguments: [(0, nil), (1, HTTPFault.headerTooLong)])
    func `fields have a limit of bytes together, counted as the specification does`(more: Int, fault: HTTPFault?) {
        let list = Self.get("/")
        let used = list.reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count + 32 }
        let rest = HTTPLimits.headerByteCount - used - 1 - 32
        let request = Self.read(list + [("x", String(repeating: "a", count: rest + more))])
        #expect(request.fault == fault && HTTP2Limits.fieldOverheadByteCount == 32)
    }

    @Test(arguments: [(0, nil), (1, HTTPFault.requestLineTooLong)])
    func `a target has the limit of a request line`(more: Int, fault: HTTPFault?) {
        let path = "/" + String(repeating: "a", count: HTTPLimits.requestLineByteCount - 1 + more)
        #expect(Self.read(Self.get(path)).fault == fault)
    }
}
