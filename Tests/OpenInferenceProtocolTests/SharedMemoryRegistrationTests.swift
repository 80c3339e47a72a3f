import Testing

@testable import OpenInferenceProtocol

/// The body of a request that registers a region.
@Suite struct SharedMemoryRegistrationTests {
    private func read(_ text: String) -> Result<SharedMemoryRegistration, ProtocolError> {
        do throws(ProtocolError) {
            return .success(try SharedMemoryRegistration(Array(text.utf8).span))
        } catch {
            return .failure(error)
        }
    }

    @Test func `key, offset and size are read in any order`() throws {
        let full = try read(#" {"byte_size":18446744073709551615,"x":[{"key":1}],"offset":7,"key":"/a\u0062"} "#).get()
        #expect(full.key == "/ab" && full.offset == 7 && full.byteCount == UInt64.max)
        let short = try read(#"{"key":"k","byte_size":1}"#).get()
        #expect(short.key == "k" && short.offset == 0 && short.byteCount == 1)
    }

    @Test(arguments: [
        ("", "Shared memory register request has no 'key' field"),
        ("{}", "Shared memory register request has no 'key' field"),
        (#"{"key":"k"}"#, "Shared memory register request has no 'byte_size' field"),
        ("[]", "must be an object"), ("1", "must be an object"), (#"{"key":1}"#, "'key' must be a string"),
        (#"{"key":"k","byte_size":"1"}"#, "must be an integer"), (#"{"key":"k","byte_size":-1}"#, "byte_size"),
        (#"{"key":"k","byte_size":1.5}"#, "byte_size"), (#"{"key":"k","offset":null}"#, "offset must be an integer"),
        (#"{"key":"k","key":"k"}"#, "'key'"), (#"{"offset":1,"offset":1}"#, "'offset'"),
        (#"{"byte_size":1,"byte_size":1}"#, "'byte_size'"), (#"{"key":"k","byte_size":1} x"#, "failed to parse"),
    ])
    func `a body that is none is refused`(text: String, message: String) {
        guard case .failure(let error) = read(text) else { return #expect(Bool(false), "\(text) was read") }
        #expect(error.code == .invalidArgument && error.message.contains(message), "\(error.message)")
    }

    @Test func `a body cut at any byte is refused`() {
        let text = #"{"key":"k","offset":12,"byte_size":34,"other":[1]}"#
        for length in 0..<text.utf8.count {
            guard case .failure = read(String(text.prefix(length))) else {
                Issue.record("the first \(length) bytes were read")
                continue
            }
        }
    }
}
