package import LinuxSystem

/// What another server has answered, whatever its status.
package struct OutgoingResponse: Equatable, Sendable {
    package var status: Int
    package var fields: [OutgoingRequest.Field]
    /// Empty where a receiver took it.
    package var body: [UInt8]
    /// How long the server asks to be left alone.
    package var retryAfter: Nanoseconds?
    /// How many attempts it took.
    package var attemptCount = 1

    /// Describes an answer.
    package init(
        status: Int, fields: [OutgoingRequest.Field] = [], body: [UInt8] = [], retryAfter: Nanoseconds? = nil
    ) {
        self.status = status
        self.fields = fields
        self.body = body
        self.retryAfter = retryAfter
    }

    package var isSuccess: Bool { (200...299).contains(status) }

    /// The value of a field, by its name in any case; the first of several.
    package func field(_ name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
