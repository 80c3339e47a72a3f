import AccessControl
import EventLoops
import ModelRepository

/// What other threads tell a serving loop.
enum LoopOrder: Sendable {
    /// Let no new connection begin; those that have begun are still taken.
    case refuseConnections
    /// Close the listener and idle connections, answer the rest, then report.
    case drain
    /// Serve these models from now on.
    case adopt(ServingTable)
    /// Show that the loop goes on.
    case answer(LoopRounds)
    /// Recognise these API keys from now on.
    case adoptKeys(APIKeyTable)
    /// Hand over what was recorded of predictions, then tell the monitoring thread.
    case leavePredictions
    /// Give the variants of a split the shares that hold now.
    case reweigh(String)
    /// Hand over what was counted of rows, then report.
    case leaveDriftCounts
    /// Show these certificates to connections to a port that come from now on.
    case secure(TLSPort, TLSServer)
}
