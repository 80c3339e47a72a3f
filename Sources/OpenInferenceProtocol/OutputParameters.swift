/// What a request says about one of the outputs that it lists.
struct OutputParameters {
    var isBinary = false
    /// The value of `classification`, 0 for none.
    var classCount: UInt64?
    var region = RegionReference()

    /// Whether the output is wanted in another form than JSON or binary.
    var isSpecial: Bool { region.name != nil || (classCount ?? 0) > 0 }
}
