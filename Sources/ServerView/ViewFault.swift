/// Why a server cannot be shown, as one sentence with cause and remedy.
package struct ViewFault: Error, Equatable, Sendable {
    package let message: String

    /// Names what is wrong.
    package init(_ message: String) { self.message = message }
}
