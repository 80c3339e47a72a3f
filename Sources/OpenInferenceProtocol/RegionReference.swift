import JSONSyntax

/// Where a tensor stands according to its `shared_memory_` parameters.
struct RegionReference {
    private(set) var name: JSONStringRange?
    private var offset: UInt64?
    private var byteCount: UInt64?

    /// Reads the value of a parameter.
    ///
    /// - Returns: false if the parameter is another one, whose value has not been read.
    mutating func read(
        _ key: JSONStringRange, _ json: Span<UInt8>, with request: inout InferenceRequest
    ) throws(ProtocolError) -> Bool {
        if JSONString.equals(key, in: json, "shared_memory_region") {
            guard name == nil else { throw .repeatedMember("shared_memory_region") }
            name = try request.nextString(json, "'shared_memory_region'")
        } else if JSONString.equals(key, in: json, "shared_memory_offset") {
            guard offset == nil else { throw .repeatedMember("shared_memory_offset") }
            offset = try request.readUnsigned(json, "shared_memory_offset")
        } else if JSONString.equals(key, in: json, "shared_memory_byte_size") {
            guard byteCount == nil else { throw .repeatedMember("shared_memory_byte_size") }
            byteCount = try request.readUnsigned(json, "shared_memory_byte_size")
        } else {
            return false
        }
        return true
    }

    /// Reads a parameter of a message; another one is ignored.
    mutating func read(_ parameter: MessageParameter, in bytes: Span<UInt8>) throws(ProtocolError) {
        if parameter.isNamed("shared_memory_region", in: bytes) {
            name = JSONStringRange(range: try parameter.text("shared_memory_region"), hasEscapes: false)
        } else if parameter.isNamed("shared_memory_offset", in: bytes) {
            offset = try parameter.count("shared_memory_offset")
        } else if parameter.isNamed("shared_memory_byte_size", in: bytes) {
            byteCount = try parameter.count("shared_memory_byte_size")
        }
    }

    /// The region and the part of it that is meant.
    ///
    /// - Source: Triton's `SharedMemoryManager::GetMemoryInfo`, with its order of checks: the offset lies within the
    ///   region, even for a tensor of no bytes.
    func resolve(
        _ json: Span<UInt8>, in regions: (any TensorRegions)?
    ) throws(ProtocolError) -> (region: any TensorRegion, range: Range<Int>) {
        guard let name else { preconditionFailure("only a region that is named is looked for") }
        guard let region = Self.find(name, json, in: regions) else {
            throw .unknownRegion(JSONString.decode(name, in: json))
        }
        let (offset, byteCount) = (offset ?? 0, byteCount ?? 0)
        guard offset < UInt64(region.byteCount) else { throw .regionOffset(region.name) }
        let (end, overflows) = offset.addingReportingOverflow(byteCount)
        guard !overflows else { throw .regionOverflow(region.name, offset: offset, byteCount: byteCount) }
        guard end <= UInt64(region.byteCount) else { throw .regionEnd(region.name) }
        return (region, Int(offset)..<Int(end))
    }

    private static func find(
        _ name: JSONStringRange, _ json: Span<UInt8>, in regions: (any TensorRegions)?
    ) -> (any TensorRegion)? {
        guard name.hasEscapes else { return regions?.region(named: json.extracting(name.range)) }
        let text = Array(JSONString.decode(name, in: json).utf8)
        return regions?.region(named: text.span)
    }
}
