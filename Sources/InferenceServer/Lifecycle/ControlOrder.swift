/// What other threads tell the control loop.
enum ControlOrder: Sendable {
    case signalReceived
    case loopDrained
}
