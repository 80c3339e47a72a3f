import ModelRepository

/// What other threads tell a serving loop.
enum LoopOrder: Sendable {
    /// Let no new connection begin; those that have begun are still taken.
    case refuseConnections
    /// Close the listener and idle connections, answer the rest, then report.
    case drain
    /// Serve these models from now on.
    case adopt(ServingTable)
}
