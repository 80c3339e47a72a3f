import LinuxSystem
package import ModelMonitoring
package import OpenInferenceProtocol
package import TreeEnsembles

/// The reference that a model's rows are compared with.
extension ModelLoader {
    /// Reads the reference that the configuration names, and compares it with the model.
    ///
    /// - Returns: nil if the configuration names none, or nobody wants to read it.
    func driftPlan(
        for rowan: RowanConfiguration, _ signature: ModelSignature, _ scanned: ScannedModel
    ) throws(LoadFault) -> DriftPlan? {
        guard readsReferences, let drift = rowan.drift else { return nil }
        func fault(_ sentence: String) -> LoadFault {
            .configuration(
                file: rowanPath(scanned),
                TextFormatFault(
                    .meaningless("reference_file '\(drift.referenceFile)' \(sentence)"), at: drift.filePosition))
        }
        let content: ByteBuffer
        do throws(FileFault) {
            content = try scanned.content(
                of: scanned.directory + "/" + drift.referenceFile, byteCountLimit: DriftLimits.referenceByteCount)
        } catch {
            throw fault("cannot be read: \(error)")
        }
        let reference = try read(content, file: scanned.name + "/" + drift.referenceFile)
        do throws(DriftPlan.Misfit) {
            return try DriftPlan(
                reference, drift.settings, for: DriftPlan.Model(signature),
                instructions: CountingInstructions(instructionSet))
        } catch {
            throw fault("is not this model's: \(error.sentence)")
        }
    }

    private func read(_ content: borrowing ByteBuffer, file: String) throws(LoadFault) -> DriftReference {
        do throws(TextFormatFault) {
            return try content.withBytes { (bytes) throws(TextFormatFault) in
                do throws(DriftReferenceFault) {
                    return try DriftReference.read(bytes)
                } catch {
                    let (line, column) = error.position(in: bytes)
                    throw TextFormatFault(
                        .meaningless(error.sentence), at: TextPosition(line: line, column: column))
                }
            }
        } catch {
            throw .configuration(file: file, error)
        }
    }
}

extension DriftPlan.Model {
    /// What a reference for this model must suit.
    package init(_ signature: ModelSignature) {
        let outputs = signature.outputs.indices.map { index in
            let output = signature.outputs[index]
            let precision: DriftPlan.OutputPrecision =
                switch output.datatype {
                case .float32: .float32
                case .float64: .float64
                case .bytes: .text
                default: .integer
                }
            return (name: output.name, elementCount: signature.elementsPerRow[index], precision: precision)
        }
        self.init(
            outputs: outputs, featureCount: signature.input.featureCount,
            featureNames: signature.input.featureNames.names, isWide: signature.input.isWide)
    }
}

extension CountingInstructions {
    /// The instructions of a set that kernels are compiled for.
    package init(_ set: InstructionSet) {
        self =
            switch set {
            case .baseline: .baseline
            case .v3: .avx2
            case .v4, .vbmi: .avx512
            }
    }
}
