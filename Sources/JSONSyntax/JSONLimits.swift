/// Bounds on what a text may demand of this module.
package enum JSONLimits {
    /// Deepest nesting, in containers, that any cursor can be told to accept: a cursor keeps one bit for each.
    package static let greatestDepthLimit = 128
}
