/// What a model says about one of its tensors.
package struct TensorMetadata: Equatable, Sendable {
    package let name: String
    package let datatype: Datatype
    /// Dimensions as metadata shows them; -1 is any size, and the first one is -1 where rows can be batched.
    package let dims: [Int]

    /// Describes a tensor.
    package init(name: String, datatype: Datatype, dims: [Int]) {
        self.name = name
        self.datatype = datatype
        self.dims = dims
    }
}
