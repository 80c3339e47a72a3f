import LinuxSystem
import OpenInferenceProtocol
import TreeEnsembles

/// The names that the classification extension gives the elements of outputs.
extension ModelLoader {
    /// For each output the names of its elements: those of its `label_filename`, else the class labels of the model
    /// file for the outputs of `backend: "forest"` that have an element per class; empty without any.
    func labels(
        of columns: [ForestColumn], for ensemble: TreeEnsemble, configuration: ModelConfiguration,
        _ scanned: ScannedModel
    ) throws(LoadFault) -> [[String]] {
        var labels: [[String]] = []
        for column in columns {
            let output = configuration.outputs.first { $0.name == column.metadata.name }
            if let output, !output.labelFileName.isEmpty {
                labels.append(try readLabels(of: output, scanned))
            } else {
                let isPerClass = column.content == .probabilities || column.content == .margin
                let hasLabels = isPerClass && column.elementCount == ensemble.classLabels.count
                labels.append(hasLabels ? ensemble.classLabels : [])
            }
        }
        return labels
    }

    /// For each output of an ensemble the names of its elements: those of its `label_filename`.
    func labels(
        ofEnsemble configuration: ModelConfiguration, _ scanned: ScannedModel
    ) throws(LoadFault) -> [[String]] {
        var labels: [[String]] = []
        for output in configuration.outputs {
            labels.append(output.labelFileName.isEmpty ? [] : try readLabels(of: output, scanned))
        }
        return labels
    }

    /// Reads a file of labels, one a line.
    ///
    /// - Source: Triton's `LabelProvider::AddLabels`, which keeps the carriage return of a line that ends with one.
    private func readLabels(
        of output: ModelConfiguration.Tensor, _ scanned: ScannedModel
    ) throws(LoadFault) -> [String] {
        let name = output.labelFileName
        func fault(_ sentence: String) -> LoadFault {
            .configuration(
                file: configurationPath(scanned),
                TextFormatFault(.meaningless("label_filename '\(name)' \(sentence)"), at: output.labelPosition))
        }
        guard ModelName.isSafe(name) else { throw fault("is not the plain name of a file") }
        let content: ByteBuffer
        do throws(FileFault) {
            content = try scanned.content(
                of: scanned.directory + "/" + name, byteCountLimit: ModelRepositoryLimits.labelFileByteLimit)
        } catch {
            throw fault("cannot be read: \(error)")
        }
        do throws(TextFormatFault) {
            return try content.withBytes { (bytes) throws(TextFormatFault) in try Self.lines(of: bytes) }
        } catch {
            throw .configuration(file: scanned.name + "/" + name, error)
        }
    }

    /// The lines of a file of labels without their ends.
    ///
    /// - Throws: with the line that is too long, too many, or no text.
    static func lines(of bytes: Span<UInt8>) throws(TextFormatFault) -> [String] {
        var lines: [String] = []
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            let next = end + 1
            if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
            let position = TextPosition(line: lines.count + 1, column: 1)
            guard lines.count < ModelRepositoryLimits.labelLineLimit else {
                throw TextFormatFault(
                    .meaningless("more than \(ModelRepositoryLimits.labelLineLimit) labels"), at: position)
            }
            guard end - start <= ModelRepositoryLimits.labelByteLimit else {
                throw TextFormatFault(
                    .meaningless(
                        "a label of \(end - start) bytes, \(ModelRepositoryLimits.labelByteLimit) are permitted"),
                    at: position)
            }
            guard let line = String(validating: (start..<end).map { bytes[$0] }, as: UTF8.self) else {
                throw TextFormatFault(.meaningless("the label is not UTF-8"), at: position)
            }
            lines.append(line)
            start = next
        }
        return lines
    }
}
