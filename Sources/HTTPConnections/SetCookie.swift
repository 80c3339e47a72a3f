import LinuxSystem

/// A `Set-Cookie` field whose cookie holds 128 bits as 32 hexadecimal digits in lower case, the higher half first.
package struct SetCookie: Sendable {
    /// What stands around the digits: the same for many answers.
    ///
    /// - Isolation: any thread; immutable.
    package final class Frame: Sendable {
        fileprivate let opening: [UInt8]
        fileprivate let closing: [UInt8]

        /// Prepares a frame.
        ///
        /// - Parameter opening: the name and the sign of equality.
        /// - Parameter closing: the attributes.
        /// - Precondition: nothing but printable ASCII, so that it cannot end the field.
        package init(opening: String, closing: String) {
            precondition((opening + closing).utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }, "a value is printable")
            self.opening = Array(opening.utf8)
            self.closing = Array(closing.utf8)
        }
    }

    private let frame: Frame
    private let high: UInt64
    private let low: UInt64

    /// Describes a field.
    package init(_ frame: Frame, high: UInt64, low: UInt64) {
        self.frame = frame
        self.high = high
        self.low = low
    }

    /// Appends the value of the field.
    func append(to output: inout ByteBuffer) {
        let (opening, closing) = (frame.opening, frame.closing)
        output.append(opening.span)
        output.appendHexadecimal(high)
        output.appendHexadecimal(low)
        output.append(closing.span)
    }
}
