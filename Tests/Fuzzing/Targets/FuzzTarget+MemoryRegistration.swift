@testable import OpenInferenceProtocol

extension FuzzTarget {
    /// The body of a request that registers shared memory: white space behind it changes nothing.
    static let memoryRegistration = FuzzTarget(name: "memory-registration") { input in
        do throws(ProtocolError) {
            let read = try SharedMemoryRegistration(input.span)
            let followed = try SharedMemoryRegistration((input + [0x20]).span)
            precondition(read == followed, "white space says nothing")
        } catch {
            precondition(!error.message.isEmpty, "a refusal has words")
        }
    }
}
