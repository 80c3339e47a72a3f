import JSONSyntax
package import LinuxSystem

// Tensors in shared memory and outputs as classes: what most requests have nothing of.

extension InferenceRequest {
    /// Lets go of the regions that outputs go to: whoever needs them has taken them, and nobody may ask again for long.
    package mutating func forgetRegions() {
        if !specialOutputs.isEmpty { specialOutputs.removeAll(keepingCapacity: true) }
    }

    /// Gives away the copy of what stood in regions, for `RequestRows`.
    ///
    /// - Precondition: `binaryRows` are from a region.
    package mutating func takeRegionBytes() -> ByteBuffer {
        var bytes = ByteBuffer()
        swap(&bytes, &regionBytes)
        return bytes
    }

    // MARK: Inputs

    /// Reads a parameter of an input whose name begins with `shared_memory_`.
    mutating func readRegionParameter(
        _ key: JSONStringRange, of tensor: inout InputTensor, _ json: Span<UInt8>
    ) throws(ProtocolError) {
        var reference = tensor.hasRegionParameters ? inputRegion : RegionReference()
        tensor.hasRegionParameters = true
        if try !reference.read(key, json, with: &self) { try skipValue(json) }
        inputRegion = reference
    }

    /// Copies an input out of its region and decodes it.
    ///
    /// What is copied is what counts, whatever the region's owner writes meanwhile.
    mutating func decodeRegion(
        _ tensor: InputTensor, _ placement: TensorPlacement, _ json: Span<UInt8>, into matrix: inout FeatureMatrix,
        for model: ModelSignature
    ) throws(ProtocolError) {
        guard let datatype = tensor.datatype else { preconditionFailure("an input is decoded once its type is known") }
        let (region, range) = try inputRegion.resolve(json, in: regions)
        let expected = placement.elementCount * datatype.byteCount
        guard range.count == expected || model.input.areTexts else {
            throw .byteSize(label(json), text(tensor.name, json), model.name, expected: expected, given: range.count)
        }
        regionByteCount += range.count
        // In JSON as many elements would take two bytes each at least. Without a limit of the caller's, that on rows
        // and features is enough.
        let isLimited = elementCountLimit < OpenInferenceProtocolLimits.elementCount
        guard !isLimited || regionByteCount <= 2 * elementCountLimit else {
            exceedsElementCountLimit = true
            throw .manyRegionBytes(regionByteCount)
        }
        // Taken out, so that the rest of the request can be changed meanwhile.
        var bytes = takeRegionBytes()
        bytes.removeAll()
        defer { swap(&bytes, &regionBytes) }
        try region.read(range, into: &bytes)
        try decodeBinary(
            tensor, placement, json, bytes.bytes, 0..<range.count, isRegion: true, into: &matrix, for: model)
    }

    // MARK: Outputs

    /// Notes an output that is wanted in another form than JSON or binary.
    mutating func addSpecialOutput(
        _ index: Int, _ parameters: OutputParameters, _ json: Span<UInt8>, for model: ModelSignature
    ) throws(ProtocolError) {
        outputs.special |= 1 &<< UInt64(index)
        if parameters.region.name != nil {
            if parameters.classCount != nil { throw .regionWith("classification") }
            if parameters.isBinary { throw .regionWith("binary_data") }
            let (region, range) = try parameters.region.resolve(json, in: regions)
            specialOutputs.append(SpecialOutput(index: index, form: .region(region, range: range)))
            return
        }
        let datatype = model.outputs[index].datatype
        let width = model.elementsPerRow[index]
        guard OutputColumn.isClassifiable(datatype) else { throw .unclassifiable(datatype) }
        guard width <= OpenInferenceProtocolLimits.classifiedElementCount else { throw .tooManyClasses }
        let count = Int(min(parameters.classCount ?? 0, UInt64(width)))
        specialOutputs.append(SpecialOutput(index: index, form: .classes(count: count)))
    }

    /// Refuses outputs that their regions have no room for, and classes that would fill the memory with texts.
    ///
    /// - Precondition: the elements of all outputs are within their limit.
    mutating func checkSpecialOutputs(for model: ModelSignature) throws(ProtocolError) {
        var weight = 0
        for output in specialOutputs {
            switch output.form {
            case .region(_, let range):
                let metadata = model.outputs[output.index]
                let needed = rowCount * model.elementsPerRow[output.index] * metadata.datatype.byteCount
                guard needed <= range.count else {
                    throw .regionTooSmall(metadata.name, given: range.count, needed: needed)
                }
            case .classes(let count): weight += count * model.classWeights[output.index]
            }
        }
        guard rowCount <= OpenInferenceProtocolLimits.outputElementCount / max(weight, 1) else {
            throw .tooManyClassTexts(rowCount, model.name)
        }
        outputElementCount += rowCount * weight
    }
}
