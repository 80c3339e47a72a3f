/// An output that a request wants neither as JSON numbers nor as its bytes behind the JSON.
package struct SpecialOutput: Sendable {
    /// What is wanted instead.
    package enum Form: Sendable {
        /// The greatest elements of each row as texts: Triton's classification extension.
        ///
        /// - Parameter count: elements of a row, at least one and no more than it has.
        case classes(count: Int)
        /// Its bytes in memory outside the response.
        ///
        /// - Parameter range: where in the region there is room for them.
        case region(any TensorRegion, range: Range<Int>)
    }

    /// The model's number of the output.
    package let index: Int
    package let form: Form
}
