import LinuxSystem
import Testing

@testable import RequestTracing

/// What is handed on of `tracestate`: the grammar of W3C Trace Context, section 3.3, and the cases of its test suite.
@Suite struct TraceStateTests {
    private func state(_ fields: String...) -> String {
        var state = TraceState()
        for field in fields { state.append(Array(field.utf8).span) }
        return state.text
    }

    @Test(arguments: [
        ("foo=1", "foo=1"), ("foo=1,bar=2", "foo=1,bar=2"), (" foo=1 ,\tbar=2\t", "foo=1,bar=2"),
        ("foo=1,,bar=2,", "foo=1,bar=2"), ("", ""), (" , ", ""), ("fw529a3039@dt=FfAAAAAA", "fw529a3039@dt=FfAAAAAA"),
        ("0tenant@system=x", "0tenant@system=x"),
        ("a_-*/9=!\"#$%&'()*+-./:;<>?@[]^_`{|}~", "a_-*/9=!\"#$%&'()*+-./:;<>?@[]^_`{|}~"),
        ("foo= 1", "foo= 1"),
    ]) func `a well-formed list is handed on without its blanks`(given: String, expected: String) {
        #expect(state(given) == expected)
    }

    @Test(arguments: [
        "foo", "foo=", "=1", "foo =1", "FOO=1", "foo.bar=1", "foo@=1", "@foo=1", "foo@@bar=1", "foo@bar@baz=1",
        "foo@1=1", "9foo=1", "foo=bar=baz", "foo=\u{E4}", "foo=1,bar", "foo=a\tb", ",foo@=,",
    ]) func `a list with a malformed member is dropped as a whole`(given: String) {
        #expect(state(given) == "" && state("good=1", given) == "" && state(given, "good=1") == "")
    }

    @Test func `several fields are one list`() {
        #expect(state("foo=1", "bar=2", "", "baz=3") == "foo=1,bar=2,baz=3")
    }

    @Test func `names and values have lengths`() {
        func text(_ count: Int) -> String { String(repeating: "z", count: count) }
        #expect(state("\(text(256))=1") == "\(text(256))=1" && state("\(text(257))=1") == "")
        #expect(state("\(text(241))@\(text(14))=1") != "" && state("\(text(242))@v=1") == "")
        #expect(state("t@\(text(15))=1") == "")
        #expect(state("a=\(text(256))") != "" && state("a=\(text(257))") == "")
    }

    @Test func `members and bytes have limits`() {
        let members = (1...TracingLimits.traceStateMembers).map { "m\($0)=\($0)" }
        #expect(state(members.joined(separator: ",")) == members.joined(separator: ","))
        #expect(state(members.joined(separator: ","), "more=1") == "")
        let long = (1...9).map { "m\($0)=" + String(repeating: "v", count: 250) }.joined(separator: ",")
        #expect(long.utf8.count > TracingLimits.traceStateByteCount && state(long) == "")
    }
}
