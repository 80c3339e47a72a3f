/// What other threads tell the control loop.
enum ControlOrder: Sendable {
    case signalReceived
    case loopDrained
    /// A loop has handed over what it has counted of rows.
    case driftCountsLeft
    /// A client asks for the drift of a model.
    case drift(DriftCall)
    /// Read certificates anew, whether their files have changed or not.
    case reloadCertificates
}
