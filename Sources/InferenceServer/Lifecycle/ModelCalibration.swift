import DynamicBatching
import LinuxSystem
import ModelRepository

/// Lets a model that already serves measure itself, on a thread of the compute pool.
final class ModelCalibration: ComputeTask {
    private let model: ServedModel

    init(of model: ServedModel) {
        self.model = model
    }

    func run() {
        model.engine.calibrate(clock: ThreadProcessorClock())
    }
}
