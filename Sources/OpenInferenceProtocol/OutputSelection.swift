/// Which outputs a request wants and in which form.
package struct OutputSelection: Equatable, Sendable {
    /// Bit `i` asks for output `i` of the model.
    package var requested: UInt64
    /// Bit `i` asks for output `i` as bytes behind the JSON; a subset of `requested`.
    package var binary: UInt64

    /// Names a choice.
    package init(requested: UInt64, binary: UInt64) {
        self.requested = requested
        self.binary = binary
    }

    /// All outputs of a model.
    static func all(_ count: Int, isBinary: Bool) -> OutputSelection {
        let bits = count == 64 ? UInt64.max : (1 &<< UInt64(count)) &- 1
        return OutputSelection(requested: bits, binary: isBinary ? bits : 0)
    }
}
