/// The memory that one thread needs to evaluate one engine; each engine has its own kind.
///
/// Its contents mean nothing between two calls.
///
/// - Isolation: one thread at a time.
package class TreeScratch {
    /// The engine that made it.
    ///
    /// Kept, because a scratch may hold addresses of the engine's tables.
    let engine: any TreeEngine

    init(of engine: any TreeEngine) {
        self.engine = engine
    }
}
