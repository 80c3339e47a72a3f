/// What a step has shown so far.
package struct RolloutFigures: Equatable, Sendable {
    /// What one variant has done since the step began.
    package struct Variant: Equatable, Sendable {
        package var requests = 0
        package var errorRate: Double?
        package var p95Seconds: Double?
        package var rows = 0
        package var anomalyRate: Double?
        package var psi: Double?
        package var labels = 0
        package var accuracy: Double?

        /// Nothing.
        package init() {}
    }

    package var candidate = Variant()
    /// All other variants together.
    package var control = Variant()

    /// Nothing.
    package init() {}
}
