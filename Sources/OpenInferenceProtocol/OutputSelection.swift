/// Which outputs a request wants and in which form.
package struct OutputSelection: Equatable, Sendable {
    /// Bit `i` asks for output `i` of the model.
    package var requested: UInt64
    /// Bit `i` asks for output `i` as bytes behind the JSON; a subset of `requested`.
    package var binary: UInt64
    /// Bit `i` asks for output `i` in another form, which `SpecialOutput` says; a subset of `requested`.
    package var special: UInt64

    /// Names a choice.
    package init(requested: UInt64, binary: UInt64, special: UInt64 = 0) {
        self.requested = requested
        self.binary = binary
        self.special = special
    }

    /// What a request gets that lists no outputs.
    static func unlisted(of model: ModelSignature, isBinary: Bool) -> OutputSelection {
        OutputSelection(requested: model.defaultOutputs, binary: isBinary ? model.defaultOutputs : 0)
    }

    /// The bits of all outputs of a model.
    static func all(_ count: Int) -> UInt64 {
        count == 64 ? UInt64.max : (1 &<< UInt64(count)) &- 1
    }
}
