/// What is counted of a model's rows, and how: a reference that was compared with the model, and settings.
///
/// - Isolation: immutable; any thread.
package final class DriftPlan: Sendable {
    /// An output of which one element is watched.
    package struct Output: Sendable, Equatable {
        /// The output's place among those of the model.
        package var index: Int
        package var element: Int
        /// What its values are.
        package var precision: OutputPrecision
        /// Of one column.
        let layout: BinLayout

        var edges: VariableEdges { layout.columns[0] }

        package static func == (left: Output, right: Output) -> Bool {
            left.index == right.index && left.element == right.element && left.precision == right.precision
                && left.edges == right.edges
        }
    }

    /// What the values of an output are.
    package enum OutputPrecision: Sendable, Equatable, BitwiseCopyable {
        case float32
        case float64
        case integer
        /// Nothing that can be counted.
        case text
    }

    /// What a model has that a reference must suit.
    package struct Model: Sendable {
        /// Names of its outputs, how many elements a row of each has, and what they are.
        package var outputs: [(name: String, elementCount: Int, precision: OutputPrecision)]
        package var featureCount: Int
        /// In the order of its columns; empty where they have none.
        package var featureNames: [String]
        /// Whether features are float64.
        package var isWide: Bool

        /// Names a model's columns and outputs.
        package init(
            outputs: [(name: String, elementCount: Int, precision: OutputPrecision)], featureCount: Int,
            featureNames: [String], isWide: Bool
        ) {
            self.outputs = outputs
            self.featureCount = featureCount
            self.featureNames = featureNames
            self.isWide = isWide
        }
    }

    /// Why a reference is not one of the model's.
    package struct Misfit: Error, Equatable, Sendable {
        /// One clause.
        package var sentence: String
    }

    package let reference: DriftReference
    package let settings: DriftSettings
    package let outputs: [Output]
    let isWide: Bool
    let instructions: CountingInstructions
    let layout: BinLayout

    /// Compares a reference with a model.
    ///
    /// - Throws: what does not suit.
    package init(
        _ reference: DriftReference, _ settings: DriftSettings, for model: Model, instructions: CountingInstructions
    ) throws(Misfit) {
        guard reference.features.count == model.featureCount else {
            let count = reference.features.count
            throw Misfit(sentence: "it describes \(count) features, the model takes \(model.featureCount)")
        }
        for (index, name) in model.featureNames.enumerated() where reference.features[index].name != name {
            let given = reference.features[index].name
            throw Misfit(sentence: "feature \(index + 1) is '\(given)' there and '\(name)' in the model")
        }
        var outputs: [Output] = []
        for output in reference.outputs {
            guard let index = model.outputs.firstIndex(where: { $0.name == output.name }) else {
                throw Misfit(sentence: "the model has no output '\(output.name)'")
            }
            let (_, count, precision) = model.outputs[index]
            guard precision != .text else { throw Misfit(sentence: "the output '\(output.name)' is text") }
            guard output.element < count else {
                let rest = "has \(count) elements, element \(output.element) is not there"
                throw Misfit(sentence: "the output '\(output.name)' \(rest)")
            }
            outputs.append(
                Output(
                    index: index, element: output.element, precision: precision,
                    layout: BinLayout([output], isWide: precision != .float32)))
        }
        self.reference = reference
        self.settings = settings
        self.outputs = outputs
        isWide = model.isWide
        self.instructions = instructions
        layout = BinLayout(reference.features, isWide: model.isWide)
        guard layout.cellCount <= DriftLimits.cellCount else {
            throw Misfit(
                sentence:
                    "its bins need \(layout.cellCount) counts, \(DriftLimits.cellCount) are permitted: fewer bins "
                    + "or categories need fewer")
        }
    }

    /// Whether what was counted by one plan means the same in the other.
    package func countsAlike(_ other: DriftPlan) -> Bool {
        reference == other.reference && settings.windowRows == other.settings.windowRows
            && settings.windowSeconds == other.settings.windowSeconds
            && settings.sampleFraction == other.settings.sampleFraction
            && outputs == other.outputs && isWide == other.isWide
    }

    /// Bytes that each loop holds for a model.
    package var byteCountPerLoop: Int { layout.cellCount * (isWide ? 24 : 16) }
}
