/// Who writes the tensors of an ensemble, and in which order its steps run.
///
/// Pure: it knows names only; whether the models have such tensors is for `EnsemblePlan` to say.
///
/// - Isolation: a value; any thread.
/// - Source: Triton's `ensemble_utils.cc` (`ValidateEnsembleSchedulingConfig`); a tensor that nobody reads is refused
///   there and noted here.
struct EnsembleGraph: Sendable {
    /// Where a tensor comes from.
    enum Origin: Sendable, Equatable {
        /// A request brings it: the number of the declared input.
        case input(Int)
        /// - Parameter name: as the model of the step calls it.
        case output(step: Int, name: String)
    }

    /// The steps, each behind those whose tensors it reads.
    let order: [Int]
    /// By the ensemble's names.
    let origins: [String: Origin]
    /// Tensors that are written for nobody.
    let unread: [ModelConfiguration.EnsembleStep.Mapping]

    /// Checks that every tensor that is read is written once, and before.
    init(_ configuration: ModelConfiguration) throws(TextFormatFault) {
        let steps = configuration.ensembleSteps
        var origins: [String: Origin] = [:]
        for (index, input) in configuration.inputs.enumerated() { origins[input.name] = .input(index) }
        for (number, step) in steps.enumerated() {
            for output in step.outputs {
                guard let other = origins.updateValue(.output(step: number, name: output.name), forKey: output.tensor)
                else { continue }
                throw Self.fault(
                    number, step, "tensor '\(output.tensor)' is written already, by \(Self.text(other, steps))",
                    output.position)
            }
        }
        self.origins = origins
        order = try Self.order(steps, origins)
        unread = try Self.checkUse(configuration, origins)
    }

    /// The text of a fault of a step.
    static func fault(
        _ number: Int, _ step: ModelConfiguration.EnsembleStep, _ sentence: String, _ position: TextPosition
    ) -> TextFormatFault {
        TextFormatFault(.meaningless("\(name(number, step)): \(sentence)"), at: position)
    }

    private static func name(_ number: Int, _ step: ModelConfiguration.EnsembleStep) -> String {
        "step \(number) ('\(step.model)')"
    }

    private static func text(_ origin: Origin, _ steps: [ModelConfiguration.EnsembleStep]) -> String {
        switch origin {
        case .input: "requests"
        case .output(let number, _): name(number, steps[number])
        }
    }

    /// Orders steps; of several that can run, the one that stands first in the configuration comes first.
    private static func order(
        _ steps: [ModelConfiguration.EnsembleStep], _ origins: [String: Origin]
    ) throws(TextFormatFault) -> [Int] {
        var waitsFor: [Set<Int>] = []
        for (number, step) in steps.enumerated() {
            var others: Set<Int> = []
            for input in step.inputs {
                guard let origin = origins[input.tensor] else {
                    let hint =
                        NearestName.among(origins.keys.sorted(), to: input.tensor)
                        .map { "; did you mean '\($0)'?" } ?? ""
                    throw fault(
                        number, step,
                        "tensor '\(input.tensor)' is neither an input of the ensemble nor written by a "
                            + "step\(hint)", input.position)
                }
                if case .output(let other, _) = origin { others.insert(other) }
            }
            waitsFor.append(others)
        }
        var order: [Int] = []
        var isDone = Array(repeating: false, count: steps.count)
        while order.count < steps.count {
            let next = steps.indices.first { !isDone[$0] && waitsFor[$0].allSatisfy { isDone[$0] } }
            guard let next else {
                let circle = DependencyCircle.find(among: steps.indices.filter { !isDone[$0] }) { waitsFor[$0] }
                let names = circle.map { name($0, steps[$0]) }.joined(separator: ", ")
                let first = steps[circle[0]]
                throw TextFormatFault(
                    .meaningless("steps wait for each other in a circle: \(names)"), at: first.position)
            }
            isDone[next] = true
            order.append(next)
        }
        return order
    }

    private static func checkUse(
        _ configuration: ModelConfiguration, _ origins: [String: Origin]
    ) throws(TextFormatFault) -> [ModelConfiguration.EnsembleStep.Mapping] {
        let steps = configuration.ensembleSteps
        let read = Set(steps.flatMap { $0.inputs.map(\.tensor) })
        for input in configuration.inputs where !read.contains(input.name) {
            throw TextFormatFault(.meaningless("input '\(input.name)' is read by no step"), at: input.position)
        }
        for output in configuration.outputs {
            if case .output = origins[output.name] { continue }
            throw TextFormatFault(.meaningless("output '\(output.name)' is written by no step"), at: output.position)
        }
        let answered = Set(configuration.outputs.map(\.name))
        return steps.flatMap(\.outputs).filter { !read.contains($0.tensor) && !answered.contains($0.tensor) }
    }
}
