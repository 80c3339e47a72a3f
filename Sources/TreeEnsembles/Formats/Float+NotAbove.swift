extension Float {
    /// The greatest float32 that is not above a double.
    ///
    /// Every float32 `x` has `x ≤ Float(notAbove: t)` exactly where it has `x ≤ t`, infinities and both zeros included;
    /// a number that is NaN stays so.
    init(notAbove bound: Double) {
        let nearest = Float(bound)
        self = Double(nearest) > bound ? nearest.nextDown : nearest
    }
}
