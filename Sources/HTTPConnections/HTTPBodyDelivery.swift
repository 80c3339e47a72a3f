/// How a handler wants the body of a request.
package enum HTTPBodyDelivery: Sendable {
    /// In one piece, when the request is complete.
    case whole
    /// As it comes, by `HTTPRequestHandler.streamBytesArrived`.
    case asItComes
}
