/// Bounds on what a text may demand of this module.
package enum JSONLimits {
    /// Deepest nesting, in containers, that any cursor can be told to accept: a cursor keeps one bit for each.
    package static let greatestDepthLimit = 128
    /// Containers within each other in a document that is read as a value.
    package static let valueDepth = 16
}
