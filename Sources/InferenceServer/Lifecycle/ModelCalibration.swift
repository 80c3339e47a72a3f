import DynamicBatching
import LinuxSystem
import ModelRepository

/// Lets a model that already serves measure itself, when a thread of the compute pool has nothing else to do.
final class ModelCalibration: ComputeTask {
    private let model: ServedModel
    private let clock: any MonotonicClock

    /// - Parameter clock: the processor time of whatever thread asks it.
    init(of model: ServedModel, clock: any MonotonicClock = ThreadProcessorClock()) {
        self.model = model
        self.clock = clock
    }

    var runsShortly: Bool { true }

    func run() -> (any SharedWork)? {
        model.engine.calibrate(clock: clock)
        return nil
    }
}
