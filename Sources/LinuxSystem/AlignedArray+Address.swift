extension AlignedArray {
    /// The address of the first element, for tables whose addresses are taken once and used many times.
    ///
    /// - Ownership: valid as long as the array lives; it does not move. Whoever keeps the address keeps the array.
    @unsafe
    package var unsafeAddress: UnsafeMutablePointer<Element> {
        unsafe withUnsafeAddress { unsafe $0 }
    }
}
