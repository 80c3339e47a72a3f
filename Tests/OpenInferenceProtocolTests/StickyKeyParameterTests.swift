import LinuxSystem
import TestSupport
import Testing

@testable import OpenInferenceProtocol

struct StickyKeyParameterTests {
    private typealias Bytes = MessageBytes

    static func read(_ text: String, headerLength: Int? = nil, limit: Int = 16) -> Result<String, ProtocolError> {
        var key = ByteBuffer()
        do throws(ProtocolError) {
            try StickyKeyParameter.read(
                in: Array(text.utf8).span, headerLength: headerLength, byteLimit: limit, into: &key)
        } catch {
            return .failure(error)
        }
        return .success(key.withBytes { $0.text($0.indices) })
    }

    @Test(arguments: [
        (#"{"parameters":{"sticky_key":"u1"},"inputs":[]}"#, "u1"),
        (#"{"inputs":[{"data":[1,2],"name":"a_b"}],"parameters":{"x":1,"sticky_key":"u1","y":true}}"#, "u1"),
        (#"{"parameters":{"sticky\u005fkey":"\u0075\u0031"}}"#, "u1"), (#"{"parameters":{"sticky_key":""}}"#, ""),
        (#"{"inputs":[{"parameters":{"sticky_key":"no"}}]}"#, ""), (#"{"sticky_key":"no"}"#, ""),
        (#"{"id":"sticky_key","parameters":{}}"#, ""), (#"{"id":"sticky_key","parameters":null}"#, ""),
        (#"{"a":"sticky_key""#, ""), (#"["sticky_key"]"#, ""), ("", ""), ("sticky_key", ""), ("_", ""),
        (#"{"parameters":{"sticky_key":"0123456789abcdef"}}"#, "0123456789abcdef"),
        (#"{"parameters":{"sticky_key":"é"}}"#, "é"),
    ])
    func `the parameter is found where it stands, and nowhere else`(_ text: String, _ key: String) {
        #expect(Self.read(text) == .success(key))
    }

    @Test(arguments: [
        (#"{"parameters":{"sticky_key":7}}"#, "must be a string"),
        (#"{"parameters":{"sticky_key":null}}"#, "must be a string"),
        (#"{"parameters":{"sticky_key":["a"]}}"#, "must be a string"),
        (#"{"parameters":{"sticky_key":"a","sticky_key":"b"}}"#, "occurs twice"),
        (#"{"parameters":{"sticky_key":"0123456789abcdefg"}}"#, "'sticky_key' is 17 bytes long, at most 16"),
    ])
    func `a parameter that is no key is refused`(_ text: String, _ words: String) {
        guard case .failure(let error) = Self.read(text) else {
            Issue.record("\(text) was read")
            return
        }
        #expect(error.message.contains(words), "\(error.message)")
    }

    @Test func `only the JSON part of a body is looked at`() {
        let text = #"{"parameters":{}}{"parameters":{"sticky_key":"x"}}"#
        #expect(Self.read(text, headerLength: 17) == .success(""))
        #expect(Self.read(text, headerLength: 0) == .success(""))
        #expect(Self.read(text, headerLength: 10_000) == .success(""))
        #expect(Self.read(text, headerLength: -1) == .success(""))
    }

    @Test func `a text cut at any byte is read without harm`() {
        let text = #"{"a_b":[1,{"x":"\u005f"}],"parameters":{"k":1.5,"sticky_key":"u\n1"},"inputs":[]}"#
        for end in 0...text.utf8.count { _ = Self.read(String(text.utf8.prefix(end)) ?? "") }
    }

    private func read(message: [UInt8]) -> Result<String, ProtocolError> {
        var key = ByteBuffer()
        let guarded = [0xff] + message + [0xff]
        do throws(ProtocolError) {
            try StickyKeyParameter.read(
                in: guarded.span, message: 1..<1 + message.count, byteLimit: 16, into: &key)
        } catch {
            return .failure(error)
        }
        return .success(key.withBytes { $0.text($0.indices) })
    }

    @Test func `a message has it among its parameters, the last one counts`() {
        let input = Bytes.input([1, 3]) + Bytes.raw([1, 2, 3])
        let key = Bytes.parameter("sticky_key", Bytes.text("u1"))
        #expect(read(message: input) == .success(""))
        #expect(read(message: input + Bytes.parameter("other", Bytes.text("x")) + key) == .success("u1"))
        #expect(read(message: key + input + Bytes.parameter("sticky_key", Bytes.text("u2"))) == .success("u2"))
        guard case .failure = read(message: Bytes.parameter("sticky_key", Bytes.integer(1)) + input) else {
            Issue.record("a number is no key")
            return
        }
        guard case .failure = read(message: Bytes.parameter("sticky_key", Bytes.text("0123456789abcdefg"))) else {
            Issue.record("a long text is no key")
            return
        }
    }

    @Test func `the first place of a byte is found from any offset`() {
        let bytes: [UInt8] = [1, 2, 3, 2, 1]
        #expect(bytes.span.firstIndex(of: 2) == 1)
        #expect(bytes.span.firstIndex(of: 2, from: 2) == 3)
        #expect(bytes.span.firstIndex(of: 2, from: 4) == nil)
        #expect(bytes.span.firstIndex(of: 1, from: 5) == nil)
        #expect(Span<UInt8>().firstIndex(of: 1) == nil)
    }
}
